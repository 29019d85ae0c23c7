import {
  attemptUuid,
  type InvocationRow,
  type Micros,
  type NameUuid,
  runUuid,
  taskUuid,
  workloadUuid,
} from "@neurond/exports";
import type { Observation } from "@neurond/ledger";
import { toMicro } from "@neurond/primitives";
import { CONTAINED, failed, OFFLINE, type Outcome, passed, unknown } from "@neurond/workload";

/** What a row says that the observation does not. */
export interface RowContext {
  /** Place of the observation in the validator's log. */
  readonly logIndex: number;
  /** When it was recorded. */
  readonly recordedAt: Micros;
  /** Of the miner at the time of the export; negative when it has left. */
  readonly uid: number;
  /** The service that the miner's answer counts for. */
  readonly instanceId: string;
}

const MICROS_PER_MS = 1_000;
const FULL = 1_000_000;

/** An observation as a row of an invocations export. */
export function exportedRow(
  seen: Observation,
  { logIndex, recordedAt, uid, instanceId }: RowContext,
  uuid?: NameUuid,
): InvocationRow {
  const { netuid, validator, run_id, workload, miner, outcome, sent_ms, received_ms } = seen;
  const startedAt = sent_ms * MICROS_PER_MS;
  return {
    parent_invocation_id: taskUuid(seen, uuid),
    invocation_id: attemptUuid(validator, logIndex, uuid),
    chute_id: workloadUuid(netuid, workload, uuid),
    chute_user_id: null,
    function_name: workload,
    image_id: runUuid(validator, run_id, uuid),
    image_user_id: null,
    instance_id: instanceId,
    miner_uid: uid,
    miner_hotkey: miner,
    started_at: startedAt,
    completed_at: Math.max(startedAt, recordedAt),
    error_message: outcomeText(outcome),
    compute_multiplier: outcome.kind === "passed" ? (outcome.grade ?? FULL) / FULL : 1,
    bounty: 0,
    metrics:
      outcome.kind === "passed" && received_ms !== null
        ? { nc: (received_ms - sent_ms) / 1_000 }
        : null,
  };
}

/** Why an attempt counts for nothing: the kind of its outcome and the reason. Null for a pass. */
function outcomeText(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case "passed":
      return null;
    case "failed":
    case "unknown":
      return `${outcome.kind.toUpperCase()} ${outcome.reason}`;
    default:
      return outcome.kind.toUpperCase();
  }
}

/** The outcome that a row states, exactly; null when it is no row of ours. */
export function exportedOutcome(
  row: Pick<InvocationRow, "error_message" | "compute_multiplier">,
): Outcome | null {
  const { error_message: text, compute_multiplier: multiplier } = row;
  if (text === null) return passedAs(multiplier);
  const [, kind, reason] = /^(FAILED|UNKNOWN) ([A-Z][A-Z0-9_]{0,47})$/.exec(text) ?? [];
  if (kind !== undefined && reason !== undefined)
    return kind === "FAILED" ? failed(reason) : unknown(reason);
  if (text === "OFFLINE") return OFFLINE;
  return text === "CONTAINED" ? CONTAINED : null;
}

/** How long the answer took, as its observation would say it, from a start at 0; nothing came: null. */
export function exportedTimes(metrics: InvocationRow["metrics"] | undefined) {
  const seconds = metrics?.nc;
  const received_ms = typeof seconds === "number" ? Math.round(seconds * 1_000) : null;
  return { sent_ms: 0, received_ms };
}

function passedAs(multiplier: number | null): Outcome | null {
  // A grade has six decimals, which a double keeps: the product is off by less than one half.
  const grade = Math.round((multiplier ?? Number.NaN) * FULL);
  if (!(grade >= 0 && grade <= FULL)) return null;
  return grade === FULL ? passed() : passed(toMicro(grade));
}
