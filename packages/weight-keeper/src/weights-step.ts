import { type BlockNumber, toBlockNumber } from "@neurond/primitives";
import type { WeightsAttempt } from "@neurond/store";
import type { WeightsNote } from "./note.ts";

/** What is to be done about weights at a head. */
export type WeightsStep = "wait" | "send" | "confirm" | "reveal";

/** How often weights are sent. */
export interface WeightsPace {
  /** So old weights are sent again, in blocks. */
  readonly everyBlocks: number;
  /** Blocks after the n-th refused attempt, from 1, until the next; null: none until another decision. */
  readonly retryBlocks: (attempt: number) => number | null;
}

/** How long an attempt without an answer is given before another is made, in blocks. */
const UNSURE_BLOCKS = 10;

/** Tries again after the same number of blocks, for ever. */
export const steadily = (): WeightsPace["retryBlocks"] => () => UNSURE_BLOCKS;

/** Tries again so many times, each time after twice as many blocks. */
export function doubling(retries: number): WeightsPace["retryBlocks"] {
  return (attempt) => (attempt > retries ? null : UNSURE_BLOCKS * 2 ** (attempt - 1));
}

/** What the latest attempt says about the next one. Pure. */
export function weightsStep(
  head: BlockNumber,
  { runId, pace }: { readonly runId: string; readonly pace: WeightsPace },
  last:
    | (Pick<WeightsAttempt, "runId" | "attempt" | "state" | "block"> & {
        readonly note: WeightsNote;
      })
    | null,
): WeightsStep {
  if (last === null) return "send";
  const { note, state, attempt } = last;
  if (note.revealBlock !== undefined && state === "included") {
    return head >= note.revealBlock ? "reveal" : "wait";
  }
  if (state === "intended" || state === "unconfirmed") {
    // It may have been sent: look for it on chain before another one is.
    return head >= note.at + UNSURE_BLOCKS ? "send" : "confirm";
  }
  if (last.runId !== runId) return "send";
  if (state === "rejected") {
    const pause = pace.retryBlocks(attempt);
    return pause === null || head < note.at + pause ? "wait" : "send";
  }
  const set = last.block ?? toBlockNumber(note.at);
  return head >= set + pace.everyBlocks ? "send" : "wait";
}
