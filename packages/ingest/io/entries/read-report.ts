import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import {
  type CsvExport,
  type CsvTable,
  exportsOf,
  type Generation,
  MICROS_PER_HOUR,
  type MinerReport,
  parseExportPath,
  parseMinerReport,
  parseTimestamp,
  parseValidatorReport,
  uptimeOf,
  type ValidatorReport,
} from "@neurond/exports";
import type { TrackedEntry } from "@neurond/ingest";
import { EntryFault } from "./entry-fault.ts";

/** A report that was read, with what an entry remembers of it. */
export type ReadReport =
  | { readonly reporter: "validator"; readonly report: ValidatorReport }
  | { readonly reporter: "miner"; readonly report: MinerReport };

/** The bytes of a report and their digest. */
export async function readBytes(file: string): Promise<{ bytes: Buffer; sha256: string }> {
  const bytes = await readFile(file);
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/**
 * A report held against its line of the listing: whose it is and which slice it is about must be the
 * same. @throws EntryFault SLICE_WRONG, CodedError REPORT_INVALID
 */
export function readReport(entry: TrackedEntry, text: string): ReadReport {
  if (entry.reporter === "miner") {
    const report = parseMinerReport(text);
    const { miner_hotkey, start_time, end_time } = report;
    if (miner_hotkey !== entry.hotkey) {
      throw new EntryFault("SLICE_WRONG", "the report is of another miner than the listing says");
    }
    checkSlice(entry, start_time, end_time);
    return { reporter: "miner", report };
  }
  const report = parseValidatorReport(text);
  const { neurond } = report;
  if (neurond === null) checkHour(entry);
  else {
    checkSlice(entry, parseTimestamp(neurond.start_time), parseTimestamp(neurond.end_time));
    checkPart(entry);
  }
  for (const { table, path } of exportsOf(report)) checkExport(entry, table, path);
  return { reporter: "validator", report };
}

/** What an entry remembers of its report. */
export function summaryOf(read: ReadReport): {
  readonly generation: Generation | null;
  readonly hasInvocations: boolean;
  readonly uptime: number | null;
} {
  if (read.reporter === "miner") {
    const seconds = uptimeOf(read.report);
    const uptime = seconds === null ? null : Math.round(seconds * 1_000_000);
    return { generation: null, hasInvocations: false, uptime };
  }
  const { generation, csv_exports } = read.report;
  return { generation, hasInvocations: Boolean(csv_exports?.invocations), uptime: null };
}

/** Files that a report names. */
export function exportsIn(read: ReadReport): readonly (CsvExport & { readonly table: CsvTable })[] {
  return read.reporter === "validator" ? exportsOf(read.report) : [];
}

/** Whether a file is there. */
export async function isThere(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  return found?.isFile() === true;
}

function checkSlice(entry: TrackedEntry, start: number | null, end: number | null): void {
  if (start === entry.startTime && end === entry.endTime) return;
  throw new EntryFault("SLICE_WRONG", "the report is about another slice than the listing says");
}

/** Validators report clock hours; any other slice would count some time twice. */
function checkHour({ startTime, endTime }: TrackedEntry): void {
  if (startTime % MICROS_PER_HOUR === 0 && endTime - startTime === MICROS_PER_HOUR) return;
  throw new EntryFault("SLICE_WRONG", "the slice of a validator's report is no clock hour");
}

/**
 * Our validators say in the report itself what it is about, and on networks for trying things out that is a
 * part of an hour: one of equal parts, so that two of them are the same or have nothing in common.
 */
function checkPart({ startTime, endTime }: TrackedEntry): void {
  const length = endTime - startTime;
  if (length > 0 && MICROS_PER_HOUR % length === 0 && startTime % length === 0) return;
  throw new EntryFault(
    "SLICE_WRONG",
    "the slice of a validator's report is no equal part of an hour",
  );
}

function checkExport(entry: TrackedEntry, table: CsvTable, path: string): void {
  const parsed = parseExportPath(path);
  if (parsed?.kind === "csv" && parsed.table === table && parsed.end === entry.endTime) return;
  throw new EntryFault("SLICE_WRONG", `the report names ${path} as its ${table}`);
}
