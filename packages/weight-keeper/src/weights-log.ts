import type { Mecid, RunId, U16Weight } from "@neurond/primitives";
import type { WeightsAttempt, WeightsMode, WeightsResult } from "@neurond/store";

/** Every attempt to set weights, so that a restart knows what may be out. */
export interface WeightsLog {
  /** Notes what is about to be sent; returns the number of the attempt. */
  intend(
    of: { readonly runId: RunId; readonly mecid: Mecid },
    mode: WeightsMode,
    vector: readonly U16Weight[],
  ): Promise<number>;
  settle(
    attempt: Pick<WeightsAttempt, "runId" | "mecid" | "attempt">,
    result: WeightsResult,
  ): Promise<void>;
  /** The latest attempt, of whatever run; null when there was none. */
  latest(mecid: Mecid): Promise<WeightsAttempt | null>;
}
