import { type BlockNumber, type RunSpan, runAt, runOf, toBlockNumber } from "@neurond/primitives";

/** When the things of a run happen, in blocks; the daemons of one subnet share these numbers. */
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
  readonly beacon: BlockNumber;
  /** First block in which a commitment to its scores is late. */
  readonly commitEnd: BlockNumber;
  /** First block in which its weights may be computed. */
  readonly revealEnd: BlockNumber;
}

/** The times of the run of an index. */
export function timesOf(index: number, plan: RunPlan): RunTimes {
  const span = runOf(index, plan.blocks);
  return {
    ...span,
    beacon: toBlockNumber(span.start + plan.beaconLag),
    commitEnd: toBlockNumber(span.close + plan.commitWindow),
    revealEnd: toBlockNumber(span.close + plan.revealWindow),
  };
}

/** The run a block lies in. */
export function timesAt(block: BlockNumber, plan: RunPlan): RunTimes {
  return timesOf(runAt(block, plan.blocks).index, plan);
}

/** What a run is in, as it is shown to people. */
export type RunPhase = "opening" | "probing" | "committing" | "revealing" | "agreed";

/** The phase of a run at a block. */
export function phaseAt(block: BlockNumber, times: RunTimes): RunPhase {
  if (block < times.beacon) return "opening";
  if (block < times.close) return "probing";
  if (block < times.commitEnd) return "committing";
  return block < times.revealEnd ? "revealing" : "agreed";
}
