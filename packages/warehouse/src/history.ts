import { number, numberOrNull, text } from "./cells.ts";
import type { HistoryRow, Seen } from "./rows.ts";
import type { Warehouse } from "./warehouse.ts";
import { endValue, fixWindow, KNOWN_ENTRIES, type WindowOptions } from "./window.ts";

/** Every stretch as the newest validator's report states it, ordered by instance and start. */
export async function computeHistory(
  warehouse: Warehouse,
  options: WindowOptions = {},
): Promise<readonly (HistoryRow & Seen)[]> {
  const { engine } = warehouse;
  return await engine.exclusive(async () => {
    const window = await fixWindow(warehouse, options);
    const rows = await engine.rows(
      `WITH ${KNOWN_ENTRIES} SELECT instance_id, started_at, latest.*, seen_at FROM (
         SELECT instance_id, started_at, max(end_time) AS seen_at, arg_max(struct_pack(
           compute_multiplier := compute_multiplier, ended_at := ended_at), rank) AS latest
         FROM history JOIN known USING (seq) WHERE kind = 'validator'
         GROUP BY instance_id, started_at)
       ORDER BY instance_id, started_at`,
      endValue(window),
    );
    return rows.map((row) => ({
      instanceId: text(row, "instance_id"),
      computeMultiplier: number(row, "compute_multiplier"),
      startedAt: number(row, "started_at"),
      endedAt: numberOrNull(row, "ended_at"),
      seenAt: number(row, "seen_at"),
    }));
  });
}
