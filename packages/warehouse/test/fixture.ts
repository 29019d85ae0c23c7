import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  csvLine,
  INVOCATION_COLUMNS,
  type InvocationRow,
  invocationCells,
  REPORT_COLUMNS,
  type ReportRow,
  reportCells,
} from "@neurond/exports";
import { onTestFinished } from "vitest";
import {
  type CsvFile,
  type EntryContent,
  type EntryHeader,
  HOUR_US,
  openWarehouse,
  type Warehouse,
  type WarehouseOptions,
} from "../src/index.ts";

/** Start of the first hour of the tests. */
export const START = Date.UTC(2025, 5, 1, 10) * 1_000;

/** A directory that goes with its test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "neurond-warehouse-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** An open, empty warehouse. */
export async function emptyWarehouse(options: Partial<WarehouseOptions> = {}): Promise<Warehouse> {
  const warehouse = await openWarehouse({
    directory: temporaryDirectory(),
    threads: 2,
    ...options,
  });
  onTestFinished(() => warehouse[Symbol.asyncDispose]());
  return warehouse;
}

/** A uuid that says its number. */
export function uuid(number: number, kind = 0): string {
  return `${number.toString(16).padStart(8, "0")}-0000-4000-8000-${kind.toString(16).padStart(12, "0")}`;
}

/** The validator's entry of the hour so many hours after `START`. */
export function entryOf(hour: number, block = 100 + hour): EntryHeader {
  const startTime = START + hour * HOUR_US;
  return {
    entryId: uuid(block, 0xe),
    kind: "validator",
    hotkey: "5Dt7HZ7Zpw4DppPxFM7Ke3Cm7sDAWhsZXmM5ZAmE7dSVJbcQ",
    block,
    startTime,
    endTime: startTime + HOUR_US,
  };
}

/** An attempt that succeeded, with what the test says of it. */
export function attempt(number: number, said: Partial<InvocationRow> = {}): InvocationRow {
  return {
    parent_invocation_id: uuid(number, 1),
    invocation_id: uuid(number, 2),
    chute_id: uuid(1, 3),
    chute_user_id: null,
    function_name: "chat",
    image_id: null,
    image_user_id: null,
    instance_id: uuid(1, 4),
    miner_uid: 3,
    miner_hotkey: "hotkey-a",
    started_at: START + 1_000_000,
    completed_at: START + 3_500_000,
    error_message: null,
    compute_multiplier: 2,
    bounty: 0,
    metrics: null,
    ...said,
  };
}

/** Writes a CSV and says what it is. */
export function csvFile(lines: readonly (readonly string[])[]): CsvFile {
  return textFile(lines.map((cells) => csvLine(cells)).join(""));
}

/** Writes a file and says what it is. */
export function textFile(content: string | Uint8Array): CsvFile & { readonly sha256: string } {
  const path = join(temporaryDirectory(), "export.csv");
  writeFileSync(path, content);
  return { path, sha256: createHash("sha256").update(readFileSync(path)).digest("hex") };
}

/** An hour as `loadEntry` takes it. */
export function hourOf(
  hour: number,
  invocations: readonly InvocationRow[],
  reports: readonly ReportRow[] = [],
): EntryContent {
  return {
    entry: entryOf(hour),
    invocations: csvFile([[...INVOCATION_COLUMNS], ...invocations.map(invocationCells)]),
    reports: csvFile([[...REPORT_COLUMNS], ...reports.map(reportCells)]),
  };
}
