import { filesOf } from "./attempts-sql.ts";
import { number, numberOrNull, text } from "./cells.ts";
import { piecesOf } from "./pieces.ts";
import { HOUR_US, type Micros } from "./rows.ts";
import type { Warehouse } from "./warehouse.ts";
import { endValue, fixWindow, KNOWN_ENTRIES, type WindowOptions, windowValues } from "./window.ts";

/** What one instance was sent in one clock hour. */
export interface InstanceTraffic {
  readonly chuteId: string;
  readonly instanceId: string;
  readonly minerHotkey: string;
  /** Start of the hour. */
  readonly hour: Micros;
  /** Attempts that began in the hour, failed ones included. */
  readonly requests: number;
  readonly failed: number;
  /** Of those that ended; null when none did. */
  readonly meanSeconds: number | null;
}

/**
 * What each instance was sent, hour by hour. An attempt counts in the export of the hour it began in, so
 * those exported twice count once; of two exports of one hour the later counts.
 */
export async function instanceTraffic(
  warehouse: Warehouse,
  options: WindowOptions = {},
): Promise<readonly InstanceTraffic[]> {
  const { engine } = warehouse;
  return await engine.exclusive(async () => {
    const window = await fixWindow(warehouse, options);
    const entries = await engine.rows(
      `WITH ${KNOWN_ENTRIES} SELECT arg_max(seq, rank) AS seq, arg_max(entry_id, rank) AS entry_id
       FROM known JOIN (SELECT seq, start_time FROM entries) USING (seq)
       WHERE kind = 'validator' AND invocation_rows IS NOT NULL GROUP BY start_time`,
      endValue(window),
    );
    const numbered = entries.map((row) => ({
      seq: number(row, "seq"),
      entryId: text(row, "entry_id"),
    }));
    const { firstHour, endHour } = windowValues(window);
    await engine.run(`CREATE OR REPLACE TEMP TABLE traffic(chute_id VARCHAR, instance_id VARCHAR,
      miner_hotkey VARCHAR, hour BIGINT, requests BIGINT, failed BIGINT, ended BIGINT, micros HUGEINT)`);
    for await (const piece of piecesOf(warehouse, numbered)) {
      await engine.run(
        `INSERT INTO traffic SELECT chute_id, instance_id, miner_hotkey,
           started_at // ${HOUR_US} AS hour, count(*), count(error_message),
           count(*) FILTER (completed_at >= started_at),
           coalesce(sum(completed_at - started_at) FILTER (completed_at >= started_at), 0)
         FROM (${filesOf(warehouse, piece)}) JOIN (SELECT seq, start_time, end_time FROM entries) USING (seq)
         WHERE started_at >= start_time AND started_at < end_time AND miner_uid >= 0
           AND chute_id IS NOT NULL AND instance_id IS NOT NULL
           AND started_at // ${HOUR_US} >= $firstHour AND started_at // ${HOUR_US} < $endHour
         GROUP BY ALL`,
        { firstHour, endHour },
      );
    }
    // Added up as integers, so that no mean depends on the pieces.
    const rows = await engine.rows(
      `SELECT chute_id, instance_id, miner_hotkey, hour, sum(requests) AS requests,
         sum(failed) AS failed, sum(micros) / nullif(sum(ended), 0) / 1e6 AS mean_seconds
       FROM traffic GROUP BY ALL ORDER BY chute_id, hour, instance_id, miner_hotkey`,
    );
    await engine.run("DROP TABLE traffic");
    return rows.map((row) => ({
      chuteId: text(row, "chute_id"),
      instanceId: text(row, "instance_id"),
      minerHotkey: text(row, "miner_hotkey"),
      hour: number(row, "hour") * HOUR_US,
      requests: number(row, "requests"),
      failed: number(row, "failed"),
      meanSeconds: numberOrNull(row, "mean_seconds"),
    }));
  });
}
