import { type BlockNumber, type RunSpan, runOf, toBlockNumber } from "@neurond/primitives";
import type { RulesText } from "./rules.ts";

/** A run with the blocks at which it changes its phase. */
export interface RunTimes extends RunSpan {
  /** The block that seeds the tasks: whatever they depend on is on chain before it. */
  readonly beacon: BlockNumber;
  /** First block in which a commitment to the scores is late. */
  readonly commitEnd: BlockNumber;
  /** First block in which weights for the run may be set. */
  readonly revealEnd: BlockNumber;
  /** First block in which the next run's weights may be set, so that this run's are done with. */
  readonly weightsEnd: BlockNumber;
}

/** The times of the run of an index. */
export function timesOf(
  index: number,
  rules: Pick<RulesText, "blocks" | "beacon_lag" | "commit_window" | "reveal_window">,
): RunTimes {
  const span = runOf(index, rules.blocks);
  const revealEnd = toBlockNumber(span.close + rules.reveal_window);
  return {
    ...span,
    beacon: toBlockNumber(span.start + rules.beacon_lag),
    commitEnd: toBlockNumber(span.close + rules.commit_window),
    revealEnd,
    weightsEnd: toBlockNumber(revealEnd + rules.blocks),
  };
}

/** The index in a run's name; null for names that are not of this subnet's making. */
export function indexOfRun(runId: string): number | null {
  const [, digits] = /^run-(0|[1-9]\d{0,9})$/.exec(runId) ?? [];
  return digits === undefined ? null : Number(digits);
}
