import type { State, StateReader } from "../../../state/state.ts";
import { hasElapsed } from "../rate-limit.ts";
import { LastUpdate } from "../storage/neurons.ts";
import { WeightsSetRateLimit } from "../storage/weights.ts";

/** Whether a uid may set or commit again: counted from its last set, commit or registration. */
export function mayUpdate(
  state: StateReader,
  index: number,
  netuid: number,
  uid: number,
  block: number,
): boolean {
  const last = LastUpdate.get(state, index)[uid] ?? 0n;
  return hasElapsed(last, block, WeightsSetRateLimit.get(state, netuid));
}

export function recordUpdate(state: State, index: number, uid: number, block: number): void {
  LastUpdate.update(state, [index], (updates) => {
    const next = [...updates];
    while (next.length <= uid) next.push(0n);
    next[uid] = BigInt(block);
    return next;
  });
}
