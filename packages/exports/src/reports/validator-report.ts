import { z } from "zod";
import type { CsvTable } from "../paths.ts";
import { parseExportPath } from "../paths.ts";
import { listOf } from "./fields.ts";
import { ComputeHistoryRow, InstanceAuditRow } from "./instances.ts";
import { parseJson, parseShape } from "./parse.ts";
import { Statement } from "./statement.ts";

/** The three shapes that reports had over the years; ours hold all of them and count as the last. */
export type Generation = "g1" | "g2" | "g3";

const Digest = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/)
  .toLowerCase();

const CsvExport = z.object({
  path: z.string().refine((path) => parseExportPath(path)?.kind === "csv", "no path of an export"),
  sha256: Digest,
});

/** A CSV that a report commits to; the digest is over its bytes, 64 lower-case digits. */
export type CsvExport = z.infer<typeof CsvExport>;

const OptionalExport = CsvExport.nullish().transform((item) => item ?? null);

/** What our own validators add; see `buildReport`. */
const Continuity = z.object({
  version: z.literal(1),
  start_time: z.string(),
  end_time: z.string(),
  /** 0 for a validator's first report. */
  sequence: z.int().nonnegative(),
  /** SHA-256 of the report before; null in the first. */
  previous_sha256: Digest.nullable(),
  invocation_tree: z.object({ root: Digest, size: z.int().nonnegative() }),
  statement: Statement.nullish(),
});
export type Continuity = z.infer<typeof Continuity>;

const Shape = z.object({
  instance_audit: listOf(InstanceAuditRow),
  compute_history: listOf(ComputeHistoryRow),
  csv_exports: z
    .object({ invocations: OptionalExport, reports: OptionalExport, jobs: OptionalExport })
    .nullish()
    .transform((exports) => exports ?? null),
  neurond: Continuity.nullish().transform((own) => own ?? null),
});

/** A validator's report of one hour, whatever its generation. */
export interface ValidatorReport extends z.infer<typeof Shape> {
  readonly generation: Generation;
}

/** Reads a report: keys it lacks are empty, keys nobody knows are passed over. @throws CodedError REPORT_INVALID */
export function parseValidatorReport(text: string): ValidatorReport {
  const value = parseJson("a validator's report", text);
  return { ...parseShape("a validator's report", Shape, value), generation: generationOf(value) };
}

/**
 * The generation of a report by the keys that it holds, which is all it says about it. A report of the
 * first two without any instance counts as the first.
 */
export function generationOf(report: unknown): Generation {
  if (!isRecord(report)) return "g1";
  if (Array.isArray(report["compute_history"])) return "g3";
  const exports = report["csv_exports"];
  if (exports === undefined || exports === null) return "g3";
  const rows = Array.isArray(report["instance_audit"]) ? report["instance_audit"] : [];
  const isSecond = rows.some(
    (row) => isRecord(row) && ("bounty" in row || "valid_termination" in row),
  );
  return isSecond ? "g2" : "g1";
}

/** The files that a report commits to. */
export function exportsOf(
  report: ValidatorReport,
): readonly (CsvExport & { readonly table: CsvTable })[] {
  const tables = ["invocations", "reports", "jobs"] as const;
  return tables.flatMap((table) => {
    const item = report.csv_exports?.[table];
    return item ? [{ ...item, table }] : [];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
