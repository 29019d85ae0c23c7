import { type Cells, number, text, textOrNull } from "./cells.ts";
import { HOUR_US, type Micros } from "./rows.ts";
import { settle } from "./settle.ts";
import { LOSERS } from "./usage.ts";
import type { Warehouse } from "./warehouse.ts";
import { fixWindow, KNOWN_ENTRIES, type WindowOptions, windowValues } from "./window.ts";

/** How many attempts of one function a miner answered in one hour. */
export interface HourCount {
  readonly minerHotkey: string;
  /** Start of the hour. */
  readonly hour: Micros;
  readonly chuteId: string;
  readonly functionName: string;
  readonly count: number;
}

/** By whose account, and of which miner; all miners unless one is given. */
export interface CountOptions extends WindowOptions {
  readonly minerHotkey?: string;
}

/** By the validator: ended without error, private and reported ones included, each attempt once. */
export async function auditedCounts(
  warehouse: Warehouse,
  options: CountOptions = {},
): Promise<readonly HourCount[]> {
  return await counts(
    warehouse,
    options,
    `SELECT miner_hotkey, hour, chute_id, function_name, successes AS count
       FROM sums JOIN known USING (seq)
     UNION ALL SELECT miner_hotkey, hour, chute_id, function_name, -successes
       FROM losers WHERE is_superseded`,
  );
}

/** By the miners' own counters; of two reports of one slice the later. Deployments are added up. */
export async function reportedCounts(
  warehouse: Warehouse,
  options: CountOptions = {},
): Promise<readonly HourCount[]> {
  return await counts(
    warehouse,
    options,
    `SELECT hotkey AS miner_hotkey, start_time // ${HOUR_US} AS hour, chute_id, function_name,
       total_count AS count
     FROM miner_metrics JOIN (
       SELECT arg_max(seq, rank) AS seq, hotkey, start_time FROM known JOIN
         (SELECT seq, start_time FROM entries) USING (seq)
       WHERE kind = 'miner' GROUP BY hotkey, start_time) USING (seq)`,
  );
}

async function counts(
  warehouse: Warehouse,
  options: CountOptions,
  source: string,
): Promise<readonly HourCount[]> {
  const { engine } = warehouse;
  return await engine.exclusive(async () => {
    const window = await fixWindow(warehouse, options);
    await settle(warehouse);
    const rows = await engine.rows(
      `WITH ${KNOWN_ENTRIES}, ${LOSERS}
       SELECT miner_hotkey, hour, chute_id, function_name,
         sum(count) AS count
       FROM (${source}) WHERE hour >= $firstHour AND hour < $endHour
         AND ($all OR miner_hotkey = $minerHotkey)
       GROUP BY ALL HAVING sum(count) > 0 ORDER BY ALL`,
      {
        ...windowValues(window),
        all: options.minerHotkey === undefined,
        minerHotkey: options.minerHotkey ?? "",
      },
    );
    return rows.map(countOf);
  });
}

function countOf(row: Cells): HourCount {
  return {
    minerHotkey: text(row, "miner_hotkey"),
    hour: number(row, "hour") * HOUR_US,
    chuteId: textOrNull(row, "chute_id") ?? "",
    functionName: textOrNull(row, "function_name") ?? "",
    count: number(row, "count"),
  };
}
