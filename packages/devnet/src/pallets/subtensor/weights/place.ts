import { ensure } from "../../../frame/dispatch.ts";
import type { StateReader } from "../../../state/state.ts";
import { errors } from "../errors.ts";
import { MechanismCountCurrent, NetworksAdded } from "../storage/networks.ts";

/** A mechanism of a subnet: what weights are about. */
export interface Place {
  readonly netuid: number;
  readonly mecid: number;
}

const MECHANISM_STRIDE = 4_096;
const U16_MAX = 65_535;

/** The storage index of a place. Calls may name places that cannot exist: those saturate. */
export const indexOf = ({ netuid, mecid }: Place): number =>
  Math.min(U16_MAX, mecid * MECHANISM_STRIDE + netuid);

const placeExists = (state: StateReader, { netuid, mecid }: Place): boolean =>
  NetworksAdded.get(state, netuid) && mecid < MechanismCountCurrent.get(state, netuid);

/** The storage index, or MechanismDoesNotExist, which also stands for a missing subnet. */
export function existingIndex(state: StateReader, place: Place): number {
  ensure(placeExists(state, place), errors.MechanismDoesNotExist);
  return indexOf(place);
}

/** The storage indices of a subnet, one per mechanism. */
export const indicesOf = (state: StateReader, netuid: number): number[] =>
  Array.from({ length: MechanismCountCurrent.get(state, netuid) }, (_, mecid) =>
    indexOf({ netuid, mecid }),
  );
