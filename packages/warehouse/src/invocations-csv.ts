import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readMetrics } from "@neurond/exports";
import { number, text } from "./cells.ts";
import { nullsOf } from "./copy-stats.ts";
import type { StagedCsv } from "./csv-file.ts";
import { type CsvSource, csvSource, finite, idOf, microsOf, plausible } from "./csv-source.ts";
import { quoted } from "./engine.ts";
import { warehouseError } from "./errors.ts";
import { METRIC_NUMBERS, metricsStruct, partsOf } from "./metrics-sql.ts";
import type { Warehouse } from "./warehouse.ts";

/** What became of an invocations export. */
export interface Converted {
  readonly path: string;
  readonly rows: number;
  /** Rows whose metrics are neither JSON nor a Python literal; they count without metrics. */
  readonly unreadMetrics: number;
}

const REQUIRED = [
  "parent_invocation_id",
  "invocation_id",
  "miner_uid",
  "miner_hotkey",
  "started_at",
];
const KEPT_ERROR_CHARS = 1_024;
// Measured over a usual hour: a tenth less time and space than the defaults.
const PARQUET =
  "FORMAT parquet, PARQUET_VERSION V2, COMPRESSION lz4_raw, DICTIONARY_SIZE_LIMIT 2000";

/**
 * Writes an export as a Parquet file of typed columns, in one pass of the engine, which reads what Python's
 * `repr` and JSON write for flat dicts; the few texts of metrics it refuses are read by us. Not within a
 * turn of the engine: what is read by us takes one.
 */
export async function convertInvocations(
  warehouse: Warehouse,
  csv: StagedCsv,
  signal?: AbortSignal,
): Promise<Converted> {
  const { engine, converter, paths } = warehouse;
  const source = csvSource(csv, REQUIRED);
  const path = join(paths.temporary, `${randomUUID()}.parquet`);
  await using undo = new AsyncDisposableStack();
  undo.defer(() => rm(path, { force: true }));
  const [written] = await converter.run(
    `COPY (${typedRows(source, csv.beginning)}) TO ${quoted(path)} (${PARQUET}, RETURN_STATS)`,
    signal,
  );
  if (written === undefined) throw new TypeError("a copy has no row");
  const rows = number(written, "count");
  if (nullsOf(written, "invocation_id") + nullsOf(written, "parent_invocation_id") > 0) {
    throw warehouseError("CSV_MALFORMED", "a row has no invocation_id or parent_invocation_id");
  }
  if (nullsOf(written, "unread") === rows) {
    undo.move();
    return { path, rows, unreadMetrics: 0 };
  }
  const reread = await engine.exclusive(() => rereadMetrics(warehouse, path), signal);
  return { ...reread, rows };
}

function typedRows({ table, cell }: CsvSource, beginning: string): string {
  const metrics = cell("metrics");
  const numbers = METRIC_NUMBERS.map((name) => `${finite(`"${name}"`)} AS "${name}"`);
  // The engine computes twice what stands twice in a CASE: such things are columns first.
  return `SELECT ${idOf(cell("parent_invocation_id"))} AS parent_invocation_id,
      ${idOf(cell("invocation_id"))} AS invocation_id, ${cell("chute_id")} AS chute_id,
      ${cell("function_name")} AS function_name, ${cell("image_id")} AS image_id,
      ${cell("instance_id")} AS instance_id,
      coalesce(TRY_CAST(${cell("miner_uid")} AS INTEGER), -1) AS miner_uid,
      coalesce(${cell("miner_hotkey")}, '') AS miner_hotkey,
      ${plausible("started")} AS started_at, ${plausible("completed")} AS completed_at,
      left(${cell("error_message")}, ${KEPT_ERROR_CHARS}) AS error_message,
      ${finite("multiplier")} AS compute_multiplier,
      coalesce(TRY_CAST(${cell("bounty")} AS BIGINT), 0) AS bounty,
      ${numbers.join(", ")}, "p" IN ('True', 'true') AS "p",
      CASE WHEN is_unread THEN ${metrics} END AS unread
    FROM (SELECT *, metrics IS NULL AS is_unread, unnest(metrics)
      FROM (SELECT *, ${metricsStruct(metrics, "parts", beginning)} AS metrics
        FROM (SELECT *, ${partsOf(metrics)} AS parts, ${microsOf(cell("started_at"))} AS started,
            ${microsOf(cell("completed_at"))} AS completed,
            TRY_CAST(${cell("compute_multiplier")} AS DOUBLE) AS multiplier FROM ${table})))`;
}

/** Reads what the cast refused, each text once, and writes the file anew with it. */
async function rereadMetrics(
  { engine, paths }: Warehouse,
  path: string,
): Promise<Omit<Converted, "rows">> {
  const target = join(paths.temporary, `${randomUUID()}.parquet`);
  await engine.run(`CREATE OR REPLACE TEMP TABLE reread(unread VARCHAR,
    ${METRIC_NUMBERS.map((name) => `"${name}" DOUBLE`).join(", ")}, "p" BOOLEAN)`);
  const texts = await engine.rows(`SELECT DISTINCT unread FROM read_parquet(${quoted(path)})
    WHERE unread IS NOT NULL`);
  await engine.append("reread", readings(texts.map((row) => text(row, "unread"))));
  const [counted] =
    await engine.rows(`SELECT count(*) AS unread FROM read_parquet(${quoted(path)}) f
    WHERE unread IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reread r WHERE r.unread = f.unread)`);
  const columns = [...METRIC_NUMBERS, "p"];
  await engine.run(`COPY (SELECT f.* REPLACE (NULL AS unread,
      ${columns.map((name) => `coalesce(f."${name}", r."${name}") AS "${name}"`).join(", ")})
    FROM read_parquet(${quoted(path)}) f LEFT JOIN reread r ON r.unread = f.unread)
    TO ${quoted(target)} (${PARQUET})`);
  await engine.run("DROP TABLE reread");
  return { path: target, unreadMetrics: counted === undefined ? 0 : number(counted, "unread") };
}

function* readings(texts: readonly string[]) {
  for (const unread of texts) {
    const metrics = readMetrics(unread);
    if (metrics === null) continue;
    yield [unread, ...METRIC_NUMBERS.map((name) => metrics[name] ?? null), metrics.p ?? null];
  }
}
