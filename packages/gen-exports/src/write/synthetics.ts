import { formatIsoTime } from "@neurond/exports";
import type { Attempt } from "../traffic/attempt.ts";

/** What an auditor knows of its own request, attempt by attempt, from the trace. */
export interface SyntheticRecord {
  readonly parent_invocation_id: string;
  readonly invocation_id: string;
  readonly instance_id: string;
  readonly chute_id: string;
  readonly function_name: string;
  readonly miner_uid: number;
  readonly miner_hotkey: string;
  readonly created_at: string;
  /** Null: the answer never ended. */
  readonly settled_at: string | null;
  readonly has_error: boolean;
}

export const syntheticOf = (attempt: Attempt): SyntheticRecord => ({
  parent_invocation_id: attempt.parentId,
  invocation_id: attempt.id,
  instance_id: attempt.instance.id,
  chute_id: attempt.chute.id,
  function_name: attempt.functionName,
  miner_uid: attempt.uid,
  miner_hotkey: attempt.instance.miner.hotkey,
  created_at: formatIsoTime(attempt.started),
  settled_at: Number.isFinite(attempt.completed) ? formatIsoTime(attempt.completed) : null,
  has_error: attempt.error !== null,
});
