import type { Verify } from "@neurond/crypto";
import { type Hotkey, type RunId, readHotkey } from "@neurond/primitives";
import type { ScoresCommitment } from "./commitment.ts";
import type { FamilyId } from "./family.ts";
import {
  commitmentOf,
  MAX_SCORES,
  REPORT_DOMAIN,
  SCORES_SCALE,
  type SignedReport,
} from "./report.ts";
import { readReportShape } from "./report-shape.ts";
import { isSignedBy } from "./signed.ts";

/** Why a report is dropped, in the order of the checks: the first that applies is the reason. */
export type ReportFault =
  | "NOT_JSON"
  | "VERSION_UNKNOWN"
  | "FIELD_UNKNOWN"
  | "FIELD_INVALID"
  | "VALIDATOR_MISMATCH"
  | "RUN_MISMATCH"
  | "FAMILY_MISMATCH"
  | "SCORES_TOO_MANY"
  | "SCORE_HOTKEY_INVALID"
  | "SCORE_INVALID"
  | "TIMESTAMP_INVALID"
  | "TIMESTAMP_FUTURE"
  | "SIGNATURE_INVALID"
  | "COMMITMENT_MISSING"
  | "COMMITMENT_MISMATCH";

/** What the reader asked for and knows. */
export interface ExpectedReport {
  /** Whom the metagraph lists where the report came from. */
  readonly validator: Hotkey;
  readonly runId: RunId;
  readonly familyId: FamilyId;
  readonly nowMs: number;
  readonly verify: Verify;
  /** The validator's first commitment for the run; null when the chain has none. */
  readonly commitment: ScoresCommitment | null;
  /** Whether a report without commitment is dropped. One that contradicts it always is. */
  readonly requireCommitment: boolean;
}

/** A report that may be counted, or why not. */
export type CheckedReport =
  | { readonly ok: true; readonly report: SignedReport }
  | { readonly ok: false; readonly fault: ReportFault };

/** How far a peer's clock may be ahead. Nothing is too old: an archived report keeps its time. */
const MAX_AHEAD_MS = 120_000;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Checks the text of a peer's report. Two valid reports of one run are the caller's to compare. */
export function checkReport(text: string, expected: ExpectedReport): CheckedReport {
  const shape = readReportShape(text);
  if (!shape.ok) return shape;
  const { report } = shape;
  const fault = faultOf(report, expected);
  return fault === null ? { ok: true, report } : { ok: false, fault };
}

function faultOf(report: SignedReport, expected: ExpectedReport): ReportFault | null {
  if (report.validator_hotkey !== expected.validator) return "VALIDATOR_MISMATCH";
  if (report.run_id !== expected.runId) return "RUN_MISMATCH";
  if (report.family_id !== expected.familyId) return "FAMILY_MISMATCH";
  return (
    scoresFault(report) ??
    timestampFault(report.timestamp, expected.nowMs) ??
    signatureFault(report, expected.verify) ??
    commitmentFault(report, expected)
  );
}

/** Whether a report's content stands by itself: its scores and its own validator's signature. */
export function isSoundReport(report: SignedReport, verify: Verify): boolean {
  return scoresFault(report) === null && signatureFault(report, verify) === null;
}

function scoresFault({ scores, task_counts = {} }: SignedReport): ReportFault | null {
  if (Object.keys(scores).length > MAX_SCORES) return "SCORES_TOO_MANY";
  if (Object.keys(task_counts).length > MAX_SCORES) return "SCORES_TOO_MANY";
  if (
    ![...Object.keys(scores), ...Object.keys(task_counts)].every(
      (text) => readHotkey(text) !== null,
    )
  ) {
    return "SCORE_HOTKEY_INVALID";
  }
  const inRange = (max: number) => (value: number) =>
    Number.isInteger(value) && value >= 0 && value <= max;
  if (!Object.values(scores).every(inRange(SCORES_SCALE))) return "SCORE_INVALID";
  if (!Object.values(task_counts).every(inRange(Number.MAX_SAFE_INTEGER))) return "SCORE_INVALID";
  return null;
}

function timestampFault(timestamp: string, nowMs: number): ReportFault | null {
  const timeMs = TIMESTAMP.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(timeMs)) return "TIMESTAMP_INVALID";
  return timeMs > nowMs + MAX_AHEAD_MS ? "TIMESTAMP_FUTURE" : null;
}

function signatureFault(report: SignedReport, verify: Verify): ReportFault | null {
  const isSigned = isSignedBy(REPORT_DOMAIN, report, report.validator_hotkey, verify);
  return isSigned ? null : "SIGNATURE_INVALID";
}

function commitmentFault(report: SignedReport, expected: ExpectedReport): ReportFault | null {
  const { commitment } = expected;
  if (commitment === null) return expected.requireCommitment ? "COMMITMENT_MISSING" : null;
  const due = commitmentOf(report);
  const isMatch =
    due.runId === commitment.runId &&
    due.version === commitment.version &&
    due.hash === commitment.hash;
  return isMatch ? null : "COMMITMENT_MISMATCH";
}
