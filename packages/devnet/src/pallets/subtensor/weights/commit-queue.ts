import { commitHash } from "@neurond/crypto";
import { fromHex, type Hex, toHex } from "@neurond/primitives";
import type { StateReader } from "../../../state/state.ts";
import { currentEpoch } from "../schedule.ts";
import { RevealPeriodEpochs } from "../storage/weights.ts";
import type { WeightCommit } from "../types.ts";

/** Commits a hotkey may have open on one mechanism. */
export const MAX_UNREVEALED = 10;

/** What a reveal repeats of a v2 commit. */
export interface Reveal {
  readonly uids: readonly number[];
  readonly values: readonly number[];
  readonly salt: readonly number[];
  readonly versionKey: bigint;
}

export const revealHash = (hotkey: Hex, index: number, reveal: Reveal): Hex =>
  toHex(commitHash({ publicKey: fromHex(hotkey), index, ...reveal }));

/** The commit epochs that may be revealed in a block, and before which commits are lost. */
export function revealEpoch(state: StateReader, netuid: number, block: number): bigint {
  return BigInt(currentEpoch(state, netuid, block)) - RevealPeriodEpochs.get(state, netuid);
}

/** Splits a queue at the first commit that has not expired; the oldest stand first. */
export function splitExpired(
  queue: readonly WeightCommit[],
  epoch: bigint,
): { expired: WeightCommit[]; open: WeightCommit[] } {
  const first = queue.findIndex(([, committed]) => committed >= epoch);
  const at = first < 0 ? queue.length : first;
  return { expired: queue.slice(0, at), open: queue.slice(at) };
}
