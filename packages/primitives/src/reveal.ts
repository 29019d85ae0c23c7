import { type DrandClock, QUICKNET_CLOCK } from "./drand-clock.ts";
import {
  advanceSchedule,
  type EpochSchedule,
  epochAt,
  MAX_TEMPO,
  nextEpochBlock,
} from "./epoch.ts";
import { CodedError, type PrimitivesCode } from "./errors.ts";

/** Blocks past the start of the reveal epoch, so that the pulse is on chain after it, not before. */
const SAFETY_BLOCKS = 3;

/**
 * The first block whose epoch reveals a commit included right after `head`.
 * `schedule` is the state after `head`; both must be read at one block hash.
 */
export function revealBlock(
  schedule: EpochSchedule,
  head: number,
  revealPeriodEpochs: number,
): number {
  const target = epochAt(schedule, head + 1) + revealPeriodEpochs;
  let state = schedule;
  let last = head;
  while (epochAt(state, last + 1) !== target) {
    const due = nextDueBlock(state, last);
    const waited = state.blocksSinceLastStep + (due - 1 - last);
    state = { ...state, blocksSinceLastStep: waited };
    if (epochAt(state, due) === target) return due;
    state = advanceSchedule(state, due);
    last = due;
  }
  return last + 1;
}

/** What decides the round; everything but the times is read at one block hash. */
export interface RevealRoundInput {
  readonly schedule: EpochSchedule;
  /** Height of the best block at which the state was read. */
  readonly head: number;
  readonly revealPeriodEpochs: number;
  /** Real time between blocks, an integer; a wrong value loses the weights without an error. */
  readonly blockTimeMs: number;
  /** Unix time now, an integer. */
  readonly nowMs: number;
  readonly clock?: DrandClock;
}

/** The drand round to encrypt weights for, so that the chain can open them in the reveal epoch. */
export function revealRound(input: RevealRoundInput): number {
  const { schedule, head, blockTimeMs, nowMs, clock = QUICKNET_CLOCK } = input;
  const reveal = revealBlock(schedule, head, input.revealPeriodEpochs);
  const openAtMs = nowMs + (reveal + SAFETY_BLOCKS - head) * blockTimeMs;
  const elapsedMs = openAtMs - clock.genesisSeconds * 1000;
  return Math.max(1, Math.floor(elapsedMs / (clock.periodSeconds * 1000)));
}

/** Skipping the quiet blocks keeps a tempo of 50400 and a long reveal period cheap. */
function nextDueBlock(state: EpochSchedule, last: number): number {
  const scheduled = nextEpochBlock(state);
  if (scheduled === undefined) {
    throw new CodedError<PrimitivesCode>(
      "EPOCH_NEVER",
      "the subnet has tempo 0 and runs no epochs: nothing committed would be revealed",
    );
  }
  const overdue = last + MAX_TEMPO + 1 - state.blocksSinceLastStep;
  return Math.max(last + 1, Math.min(scheduled, overdue));
}
