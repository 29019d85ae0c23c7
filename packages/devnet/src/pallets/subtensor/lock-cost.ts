import type { StateReader } from "../../state/state.ts";
import { LastRateLimitedBlock } from "./storage/limits.ts";
import {
  NetworkLastLockCost,
  NetworkLockReductionInterval,
  NetworkMinLockCost,
} from "./storage/networks.ts";

export const NETWORK_LAST_REGISTERED = { tag: "NetworkLastRegistered", value: undefined } as const;

/** Block of the last network registration; 0 when there was none. */
export const lastNetworkRegistration = (state: StateReader): bigint =>
  LastRateLimitedBlock.get(state, NETWORK_LAST_REGISTERED);

/** What a new subnet costs, rao: twice the last price, falling to the minimum with time. */
export function networkLockCost(state: StateReader, block: number): bigint {
  const minimum = NetworkMinLockCost.get(state);
  const last = NetworkLastLockCost.get(state);
  const lastBlock = lastNetworkRegistration(state);
  const interval = NetworkLockReductionInterval.get(state);
  const multiplier = lastBlock === 0n ? 1n : 2n;
  const perBlock = interval === 0n ? 0n : last / interval;
  const cost = last * multiplier - perBlock * (BigInt(block) - lastBlock);
  return cost > minimum ? cost : minimum;
}
