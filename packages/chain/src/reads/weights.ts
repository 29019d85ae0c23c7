import { type Mecid, type Netuid, toMecid, toUid, weightsIndex } from "@neurond/primitives";
import { asList, asNumber } from "../codec/value.ts";
import type { State } from "../state.ts";
import type { MechanismId, Weight, WeightsRow } from "../weights.ts";
import { requireMechanism } from "./subnets.ts";

/** Weights rows as stored: u16, not normalised; compare only after normalising. */
export function readWeights(state: State, id: MechanismId): Promise<readonly WeightsRow[]> {
  return readRows(state, "Weights", id);
}

/** Bond rows as stored, u16. */
export function readBonds(state: State, id: MechanismId): Promise<readonly WeightsRow[]> {
  return readRows(state, "Bonds", id);
}

/** One neuron's row; empty when it set none. */
export async function readWeightsRow(
  state: State,
  index: number,
  uid: number,
): Promise<readonly Weight[]> {
  return rowOf(await state.get("SubtensorModule", "Weights", index, uid));
}

/** Storage index of a mechanism; mechanism 0 has the netuid itself, on every runtime. */
export function indexOf({ netuid, mecid = toMecid(0) }: { netuid: Netuid; mecid?: Mecid }): number {
  return weightsIndex(netuid, mecid);
}

async function readRows(
  state: State,
  item: "Weights" | "Bonds",
  id: MechanismId,
): Promise<readonly WeightsRow[]> {
  await requireMechanism(state, id.netuid, id.mecid ?? toMecid(0));
  const rows = await state.entries("SubtensorModule", item, indexOf(id));
  return rows
    .map(({ keys, value }) => ({ uid: toUid(asNumber(keys[1])), weights: rowOf(value) }))
    .sort((a, b) => a.uid - b.uid);
}

function rowOf(stored: unknown): readonly Weight[] {
  return asList(stored).map((pair) => {
    const [uid, value] = asList(pair);
    return { uid: toUid(asNumber(uid)), value: asNumber(value) };
  });
}
