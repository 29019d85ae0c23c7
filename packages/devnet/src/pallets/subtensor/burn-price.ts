import type { State, StateReader } from "../../state/state.ts";
import { BurnIncreaseMult } from "./storage/networks.ts";
import { Burn, MaxBurn, MinBurn } from "./storage/registration.ts";

const FRACTION_BITS = 64n;

/** Each registration makes the next one dearer; time makes it cheaper again. */
export function raiseBurn(state: State, netuid: number): void {
  const { bits } = BurnIncreaseMult.get(state, netuid);
  const raised = (Burn.get(state, netuid) * bits) >> FRACTION_BITS;
  Burn.set(state, [netuid], clampBurn(state, netuid, raised));
}

/** The nearest price that the subnet's bounds allow. */
export const clampBurn = (state: StateReader, netuid: number, burn: bigint): bigint =>
  clamp(burn, MinBurn.get(state, netuid), MaxBurn.get(state, netuid));

const clamp = (value: bigint, low: bigint, high: bigint): bigint =>
  value < low ? low : value > high ? high : value;
