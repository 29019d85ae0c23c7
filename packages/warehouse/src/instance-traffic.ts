import { filesOf } from "./attempts-sql.ts";
import { number, numberOrNull, text } from "./cells.ts";
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
    if (entries.length === 0) return [];
    const files = filesOf(
      warehouse,
      entries.map((row) => ({ seq: number(row, "seq"), entryId: text(row, "entry_id") })),
    );
    const { firstHour, endHour } = windowValues(window);
    const rows = await engine.rows(
      `SELECT chute_id, instance_id, miner_hotkey, started_at // ${HOUR_US} AS hour,
         count(*) AS requests, count(error_message) AS failed,
         avg((completed_at - started_at) / 1e6) FILTER (completed_at >= started_at) AS mean_seconds
       FROM (${files}) JOIN (SELECT seq, start_time, end_time FROM entries) USING (seq)
       WHERE started_at >= start_time AND started_at < end_time AND miner_uid >= 0
         AND chute_id IS NOT NULL AND instance_id IS NOT NULL
         AND started_at // ${HOUR_US} >= $firstHour AND started_at // ${HOUR_US} < $endHour
       GROUP BY ALL ORDER BY chute_id, hour, instance_id, miner_hotkey`,
      { firstHour, endHour },
    );
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
