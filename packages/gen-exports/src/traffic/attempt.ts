import type { InvocationRow, Metrics, Micros } from "@neurond/exports";
import type { Chute } from "../world/cast.ts";
import type { Instance } from "../world/instance.ts";

/** One call as it really went; exports show it as far as it has come. */
export interface Attempt {
  readonly parentId: string;
  readonly id: string;
  readonly chute: Chute;
  readonly instance: Instance;
  readonly functionName: string;
  readonly uid: number;
  readonly started: Micros;
  /** Infinity: it was lost. */
  readonly completed: Micros;
  readonly error: string | null;
  readonly multiplier: number;
  readonly bounty: number;
  readonly metrics: Metrics | null;
  /** Whether an auditor made the request, with a trace. */
  readonly isSynthetic: boolean;
  /** Whether a confirmed report takes the request out of the scores, as of the end of the data set. */
  readonly isExcluded: boolean;
}

/** Its row as of `now`: a call in flight has no outcome. */
export function attemptRow(attempt: Attempt, now: Micros): InvocationRow {
  const { chute, instance } = attempt;
  const isDone = attempt.completed < now;
  return {
    parent_invocation_id: attempt.parentId,
    invocation_id: attempt.id,
    chute_id: chute.id,
    chute_user_id: chute.userId,
    function_name: attempt.functionName,
    image_id: chute.imageId,
    image_user_id: chute.imageUserId,
    instance_id: instance.id,
    miner_uid: attempt.uid,
    miner_hotkey: instance.miner.hotkey,
    started_at: attempt.started,
    completed_at: isDone ? attempt.completed : null,
    error_message: isDone ? attempt.error : null,
    compute_multiplier: attempt.multiplier,
    bounty: attempt.bounty,
    metrics: isDone ? attempt.metrics : null,
  };
}
