import { type Hotkey, readHotkey } from "@neurond/primitives";
import { exportsError } from "./errors.ts";
import { MICROS_PER_SECOND, type Micros } from "./timestamp.ts";

/** The tables that are exported hour by hour. */
export type CsvTable = "invocations" | "reports" | "jobs";

/** Who wrote a report. */
export type Reporter = "validator" | "miner";

/** What a path of the blob store names. Nothing else is ever asked for or written. */
export type ExportPath =
  | {
      readonly kind: "report";
      readonly reporter: Reporter;
      readonly hotkey: Hotkey;
      readonly block: number;
    }
  | { readonly kind: "csv"; readonly table: CsvTable; readonly end: Micros };

const SUFFIXES = { invocations: "", reports: "-reports", jobs: "-jobs" } as const;
const REPORT = /^audit\/(validator|miner)\/([1-9A-HJ-NP-Za-km-z]{46,49})\/(0|[1-9]\d{0,14})\.json$/;
const CSV = /^invocations\/(\d{4})\/(\d\d)\/(\d\d)\/(\d\d)(\d\d|)(\d\d|)(|-reports|-jobs)\.csv$/;

/** `audit/<reporter>/<hotkey>/<block>.json`. */
export function reportPath(reporter: Reporter, hotkey: string, block: number): string {
  if (!Number.isSafeInteger(block) || block < 0) throw invalid(`${block} is no block`);
  return `audit/${reporter}/${hotkey}/${block}.json`;
}

/**
 * `invocations/YYYY/MM/DD/HH[-table].csv` of the slice that ends at `end`, a whole hour. Networks for
 * trying things out have shorter slices; one that ends within an hour has its minutes behind the hour, and
 * its seconds when it ends within a minute.
 */
export function csvPath(table: CsvTable, end: Micros): string {
  if (end % MICROS_PER_SECOND !== 0) throw invalid(`${end} is no whole second`);
  const iso = new Date(end / 1_000).toISOString();
  const [date, hour] = [iso.slice(0, 10).replaceAll("-", "/"), iso.slice(11, 13)];
  const within = `${iso.slice(14, 16)}${iso.slice(17, 19)}`.replace(/^0000$|00$/, "");
  return `invocations/${date}/${hour}${within}${SUFFIXES[table]}.csv`;
}

/**
 * Reads a path from a listing or report. Null for whatever is not exactly one of the two forms:
 * no traversal, absolute path, odd character or impossible hour gets through.
 */
export function parseExportPath(text: string): ExportPath | null {
  const [, reporter, key, block] = REPORT.exec(text) ?? [];
  if (reporter !== undefined && key !== undefined) {
    const hotkey = readHotkey(key);
    if (hotkey === null) return null;
    const who = reporter === "validator" ? reporter : "miner";
    return { kind: "report", reporter: who, hotkey, block: Number(block) };
  }
  const [, year, month, day, hour, minute, second, suffix] = CSV.exec(text) ?? [];
  if (year === undefined) return null;
  const time = [Number(hour), Number(minute), Number(second)] as const;
  const millis = Date.UTC(Number(year), Number(month) - 1, Number(day), ...time);
  const table = suffix === "" ? "invocations" : suffix === "-jobs" ? "jobs" : "reports";
  const end = millis * 1_000;
  // The path of another hour, such as 2026/02/30 or 24 o'clock, is no path.
  return csvPath(table, end) === text ? { kind: "csv", table, end } : null;
}

/** Where a CSV is downloaded: one slash only, whatever the base ends in. */
export function csvUrl(base: string, path: string): string {
  return `${withoutSlash(base)}/invocations/exports/${path.replace(/^invocations\//, "")}`;
}

/** Where a report is downloaded. */
export function reportUrl(base: string, path: string): string {
  return `${withoutSlash(base)}/audit/download?path=${encodeURIComponent(path)}`;
}

function withoutSlash(base: string): string {
  return base.replace(/\/+$/, "");
}

const invalid = (reason: string) => exportsError("PATH_INVALID", `no path: ${reason}`);
