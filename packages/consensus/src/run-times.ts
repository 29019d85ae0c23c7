import { type BlockNumber, type RunSpan, runOf, toBlockNumber } from "@neurond/primitives";

/** When the things of a run happen, in blocks; whoever runs or judges a subnet shares these numbers. */
export interface RunPlan {
  /** Length of a run. */
  readonly blocks: number;
  /** From the run's first block to the block whose hash seeds its tasks. */
  readonly beaconLag: number;
  /** From the run's close: so long its scores may be committed to (K1). */
  readonly commitWindow: number;
  /** From the run's close: so long committed scores are revealed and gathered (K2). */
  readonly revealWindow: number;
}

/** A run with the blocks at which it changes its phase. */
export interface RunTimes extends RunSpan {
  /** The block that seeds the tasks: whatever they depend on is on chain before it. */
  readonly beacon: BlockNumber;
  /** First block in which a commitment to its scores is late. */
  readonly commitEnd: BlockNumber;
  /** First block in which its weights may be computed and set. */
  readonly revealEnd: BlockNumber;
  /** First block in which the next run's weights may be set, so that this run's are done with. */
  readonly weightsEnd: BlockNumber;
}

/** The times of the run of an index. */
export function timesOf(index: number, plan: RunPlan): RunTimes {
  const span = runOf(index, plan.blocks);
  const revealEnd = toBlockNumber(span.close + plan.revealWindow);
  return {
    ...span,
    beacon: toBlockNumber(span.start + plan.beaconLag),
    commitEnd: toBlockNumber(span.close + plan.commitWindow),
    revealEnd,
    weightsEnd: toBlockNumber(revealEnd + plan.blocks),
  };
}
