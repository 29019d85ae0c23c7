import { type RunPlan, type RunTimes, timesOf } from "@neurond/consensus";
import { type BlockNumber, runAt } from "@neurond/primitives";

export { type RunPlan, type RunTimes, timesOf };

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
