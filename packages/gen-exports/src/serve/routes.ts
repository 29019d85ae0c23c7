import { statSync } from "node:fs";
import { join } from "node:path";
import {
  csvPath,
  formatIsoTime,
  hourOf,
  MICROS_PER_HOUR,
  parseExportPath,
  parseTimestamp,
} from "@neurond/exports";
import type { Dataset } from "../dataset.ts";

/** A file to send; exports of a busy hour are hundreds of megabytes. */
export interface FileBody {
  readonly file: string;
  readonly length: number;
}

/** What a route answers. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Uint8Array | FileBody;
  readonly attachment?: string;
}

const JSON_TYPE = "application/json";
const CSV_TYPE = "text/csv";
const EXPORT = /^\/invocations\/exports\/(.+)$/;
/** The first hour that was ever exported. */
const FIRST = parseTimestamp("2024-12-14T00:00:00Z") ?? 0;

const FEEDS: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/audit/": ["entries.json", JSON_TYPE],
  "/chutes/gpu_count_history": ["feeds/gpu_count_history.json", JSON_TYPE],
  "/instances/reconciliation_csv": ["feeds/reconciliation.csv", CSV_TYPE],
  "/instances/compute_history_csv": ["feeds/compute_history.csv", CSV_TYPE],
  "/miner/metagraph": ["feeds/metagraph.json", JSON_TYPE],
  "/chutes/": ["feeds/chutes.json", JSON_TYPE],
};

/** Answers a request as the validator of a data set would, at the data set's end. */
export function answer(dataset: Dataset, url: URL): Answer {
  // Upstream's client asks with a doubled slash, and proxies in front of upstream's server collapse it.
  const path = url.pathname.replace(/\/{2,}/g, "/");
  const feed = Object.hasOwn(FEEDS, path) ? FEEDS[path] : undefined;
  if (feed !== undefined) return fileAnswer(dataset, feed[0], feed[1]);
  if (path === "/audit/download") return download(dataset, url.searchParams.get("path") ?? "");
  if (path === "/miner/scores") return scores(dataset, url.searchParams.get("hotkey"));
  const [, name] = EXPORT.exec(path) ?? [];
  return name === undefined ? refusal(404, "no such route") : csvExport(dataset, name);
}

/** A refusal as the framework of upstream words it. */
export const refusal = (status: number, detail: string): Answer => ({
  status,
  type: JSON_TYPE,
  body: Buffer.from(JSON.stringify({ detail })),
});

function download(dataset: Dataset, path: string): Answer {
  // Also what stands in the listing is served only when it is a path of the store.
  const isListed = parseExportPath(path) !== null && dataset.lists(path);
  return isListed
    ? fileAnswer(dataset, `blobs/${path}`, JSON_TYPE)
    : refusal(404, "no entry has this path");
}

function scores(dataset: Dataset, hotkey: string | null): Answer {
  const all = JSON.parse(dataset.text("feeds/scores.json")) as Record<string, number>;
  const own = Object.entries(all).filter(([name]) => hotkey === null || name === hotkey);
  const body = { final_scores: Object.fromEntries(own) };
  return { status: 200, type: JSON_TYPE, body: Buffer.from(JSON.stringify(body)) };
}

function csvExport(dataset: Dataset, name: string): Answer {
  const path = `invocations/${name}`;
  const parsed = parseExportPath(path);
  if (parsed?.kind !== "csv") return refusal(400, "no name of an export");
  const end = parseTimestamp(dataset.manifest.end) ?? 0;
  if (parsed.end < FIRST || hourOf(parsed.end - MICROS_PER_HOUR) >= end) {
    return refusal(404, `there is no export of ${formatIsoTime(parsed.end)}`);
  }
  const found = fileAnswer(dataset, `blobs/${csvPath(parsed.table, parsed.end)}`, CSV_TYPE);
  return found.status === 200 ? { ...found, attachment: path.replaceAll("/", "-") } : found;
}

function fileAnswer(dataset: Dataset, path: string, type: string): Answer {
  const file = join(dataset.folder, path);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return refusal(404, "not found");
  return { status: 200, type, body: { file, length: found.size } };
}
