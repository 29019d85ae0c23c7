import { toHex } from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { commitmentFields, type ReportField } from "../commitment.ts";
import { type DeletionCode, deletionCode } from "../deletion.ts";
import { type CsvTable, csvPath } from "../paths.ts";
import { formatIsoTime, type Micros, sliceStart } from "../timestamp.ts";
import type { TreeHead } from "../tree/invocation-tree.ts";
import type { ComputeHistoryRow, InstanceAuditRow } from "./instances.ts";
import type { Statement } from "./statement.ts";
import type { Continuity } from "./validator-report.ts";

/** What a report of ours is made of. */
export interface ReportParts {
  /** End of the slice it covers; a whole hour, but on networks for trying things out. */
  readonly end: Micros;
  /** Start of the slice; an hour before its end unless given. */
  readonly start?: Micros;
  readonly instanceAudit: readonly InstanceAuditRow[];
  readonly computeHistory: readonly ComputeHistoryRow[];
  /** SHA-256 of each CSV's bytes. */
  readonly csvSha256: Readonly<Record<CsvTable, Uint8Array>>;
  readonly tree: TreeHead;
  /** The report before this one; null for the first. */
  readonly previous: { readonly sequence: number; readonly sha256: Uint8Array } | null;
  readonly statement?: Statement;
}

/** A report as it is hashed, committed to and uploaded. */
export interface BuiltReport {
  readonly bytes: Uint8Array;
  readonly sha256: Uint8Array;
  readonly sequence: number;
  readonly fields: readonly ReportField[];
}

/**
 * The report that every generation of auditors can read: instances with their history, the CSVs, and
 * under `neurond` what makes it checkable row by row and impossible to leave out later. The same parts
 * give the same bytes.
 */
export function buildReport(parts: ReportParts): BuiltReport {
  const { end, start = sliceStart(end), tree, previous, statement } = parts;
  const sequence = previous === null ? 0 : previous.sequence + 1;
  const neurond: Continuity = {
    version: 1,
    start_time: formatIsoTime(start),
    end_time: formatIsoTime(end),
    sequence,
    previous_sha256: previous === null ? null : hexOf(previous.sha256),
    invocation_tree: { root: hexOf(tree.root), size: tree.size },
    ...(statement && { statement }),
  };
  const csvExport = (table: CsvTable) => ({
    path: csvPath(table, end),
    sha256: hexOf(parts.csvSha256[table]),
  });
  const report = {
    instance_audit: parts.instanceAudit.map(instanceJson),
    compute_history: parts.computeHistory.map(historyJson),
    csv_exports: {
      invocations: csvExport("invocations"),
      reports: csvExport("reports"),
      jobs: csvExport("jobs"),
    },
    neurond,
  };
  const bytes = utf8ToBytes(JSON.stringify(report));
  const digest = sha256(bytes);
  return { bytes, sha256: digest, sequence, fields: commitmentFields(digest, tree) };
}

/** A row as reports have it: times as naive text, and the code of its deletion beside the reason. */
export function instanceJson(row: InstanceAuditRow): Readonly<Record<string, unknown>> & {
  readonly deletion_code: DeletionCode | null;
} {
  return {
    ...row,
    created_at: timeJson(row.created_at),
    verified_at: timeJson(row.verified_at),
    activated_at: timeJson(row.activated_at),
    deleted_at: timeJson(row.deleted_at),
    stop_billing_at: timeJson(row.stop_billing_at),
    deletion_code: deletionCode(row.deletion_reason),
  };
}

/** A row as reports have it. */
export function historyJson(row: ComputeHistoryRow): Readonly<Record<string, unknown>> {
  return { ...row, started_at: timeJson(row.started_at), ended_at: timeJson(row.ended_at) };
}

const timeJson = (time: Micros | null): string | null =>
  time === null ? null : formatIsoTime(time);
const hexOf = (bytes: Uint8Array): string => toHex(bytes).slice(2);
