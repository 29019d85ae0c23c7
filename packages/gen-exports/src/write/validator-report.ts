import { hash } from "node:crypto";
import {
  type BuiltReport,
  buildReport,
  type CsvTable,
  commitmentFields,
  csvPath,
  historyJson,
  instanceJson,
  type Micros,
  type ReportField,
  type TreeHead,
} from "@neurond/exports";
import { toHex } from "@neurond/primitives";
import type { Shape } from "../options.ts";
import { historyRows, type Instance, instanceRow, isExported } from "../world/instance.ts";

/** A report with the commitment that belongs to it. */
export interface ShapedReport {
  readonly bytes: Uint8Array;
  readonly sha256: Uint8Array;
  readonly sequence: number;
  readonly fields: readonly ReportField[];
}

export interface ReportInput {
  readonly shape: Shape;
  readonly start: Micros;
  readonly end: Micros;
  readonly lives: readonly Instance[];
  /** Null where the shape has no CSVs. */
  readonly csvSha256: Readonly<Record<CsvTable, Uint8Array>> | null;
  readonly tree: TreeHead;
  readonly previous: { readonly sequence: number; readonly sha256: Uint8Array } | null;
  readonly hidesCsv: boolean;
  readonly hasNewColumns: boolean;
  /** States and commits to a tree that is not that of the rows. */
  readonly hasWrongTree: boolean;
  /** A second text about the same slice. */
  readonly revision: number;
}

/** The report of a slice in the shape of its generation. */
export function shapedReport(input: ReportInput): ShapedReport {
  const { shape, start, end, lives, previous } = input;
  const tree = input.hasWrongTree ? otherTree(input.tree) : input.tree;
  const exported = lives.filter((instance) => isExported(instance, start, end));
  const rows = exported.map((instance) => instanceRow(instance, end));
  const history = exported.flatMap((instance) => historyRows(instance, start, end));
  if (shape === "all" && input.csvSha256 !== null) {
    const built = buildReport({
      end,
      instanceAudit: rows,
      computeHistory: history,
      csvSha256: input.csvSha256,
      tree,
      previous,
    });
    return isPlain(input) ? built : reshaped(built, input);
  }
  const report: Record<string, unknown> = {
    instance_audit: rows.map((row) => upstreamRow(instanceJson(row), shape)),
  };
  if (shape === "g3") report["compute_history"] = history.map(historyJson);
  if (input.csvSha256 !== null) report["csv_exports"] = csvExports(input.csvSha256, end);
  return { ...sealed(changed(report, input)), sequence: 0 };
}

/** As many rows, of which one says something else. */
function otherTree({ size, root }: TreeHead): TreeHead {
  return { size, root: hash("sha256", root, "buffer") };
}

const isPlain = ({ hidesCsv, hasNewColumns, revision }: ReportInput): boolean =>
  !hidesCsv && !hasNewColumns && revision === 0;

function reshaped(built: BuiltReport, input: ReportInput): ShapedReport {
  const report = JSON.parse(Buffer.from(built.bytes).toString()) as Record<string, unknown>;
  const { bytes, sha256: digest } = sealed(changed(report, input));
  return {
    bytes,
    sha256: digest,
    sequence: built.sequence,
    fields: commitmentFields(digest, input.tree),
  };
}

function sealed(report: Readonly<Record<string, unknown>>) {
  const bytes = Buffer.from(JSON.stringify(report));
  const digest: Uint8Array = hash("sha256", bytes, "buffer");
  return { bytes, sha256: digest, fields: [{ kind: "sha-256", hash: digest }] as const };
}

function changed(
  report: Record<string, unknown>,
  { hidesCsv, hasNewColumns, revision }: ReportInput,
): Record<string, unknown> {
  const { csv_exports: exports, instance_audit: rows, ...rest } = report;
  const list =
    hasNewColumns && Array.isArray(rows)
      ? rows.map((row: object) => ({ ...row, node_class: "a" }))
      : rows;
  return {
    instance_audit: list,
    ...rest,
    ...(hidesCsv || exports === undefined ? {} : { csv_exports: exports }),
    ...(hasNewColumns ? { schema_note: "new" } : {}),
    ...(revision > 0 ? { revision } : {}),
  };
}

/** The columns that upstream had in those days. */
function upstreamRow(
  { deletion_code: _ours, ...row }: Readonly<Record<string, unknown>>,
  shape: Shape,
): Readonly<Record<string, unknown>> {
  if (shape !== "g1") return row;
  const { bounty: _bounty, valid_termination: _termination, ...first } = row;
  return first;
}

function csvExports(digests: Readonly<Record<CsvTable, Uint8Array>>, end: Micros) {
  const one = (table: CsvTable) => ({
    path: csvPath(table, end),
    sha256: toHex(digests[table]).slice(2),
  });
  return { invocations: one("invocations"), reports: one("reports"), jobs: one("jobs") };
}
