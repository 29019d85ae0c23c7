import { filesOf, measured, type Numbered } from "./attempts-sql.ts";
import { number, text } from "./cells.ts";
import { piecesOf } from "./pieces.ts";
import { MEASURES } from "./schema.ts";
import { blamed } from "./settle.ts";
import { tieBreak, type Usage, usageOf } from "./usage.ts";
import type { Warehouse } from "./warehouse.ts";
import { endValue, fixWindow, KNOWN_ENTRIES, type WindowOptions, windowValues } from "./window.ts";

/** Usage with the same sums in doubles, for a comparison with plain SQL elsewhere. */
export interface RecountedUsage extends Usage {
  /** As `units` and `demandUnits` in whole compute units; the last digits depend on the order of rows. */
  readonly unitsDouble: number;
  readonly demandUnitsDouble: number;
}

/**
 * The figures of `usage` from the rows themselves: every file is read, every version ranked. Slow, and
 * independent of the sums that are kept, so that each can prove the other wrong.
 */
export async function recountUsage(
  warehouse: Warehouse,
  options: WindowOptions = {},
): Promise<readonly RecountedUsage[]> {
  const { engine } = warehouse;
  return await engine.exclusive(async () => {
    const window = await fixWindow(warehouse, options);
    const entries = await engine.rows(
      `WITH ${KNOWN_ENTRIES} SELECT seq, entry_id FROM known WHERE invocation_rows IS NOT NULL`,
      endValue(window),
    );
    if (entries.length === 0) return [];
    const numbered = entries.map((row) => ({
      seq: number(row, "seq"),
      entryId: text(row, "entry_id"),
    }));
    try {
      const rowsOfAll = await gathered(warehouse, numbered);
      const rows = await engine.rows(
        `WITH ${KNOWN_ENTRIES},
         confirmed AS (SELECT DISTINCT invocation_id AS id FROM reports JOIN known USING (seq)
           WHERE confirmed_at IS NOT NULL),
         versions AS (SELECT m.*, row_number() OVER (PARTITION BY invocation_id ORDER BY rank DESC,
           ${tieBreak()}) AS version FROM (${rowsOfAll}) m JOIN known USING (seq)),
         valid AS (SELECT versions.*, id IS NULL AS is_clear FROM versions
           LEFT JOIN confirmed ON parent_invocation_id = id
           WHERE version = 1 AND attempts > 0 AND hour >= $firstHour AND hour < $endHour)
         SELECT miner_hotkey, ${MEASURES.map((name) => `coalesce(sum(${name}) FILTER (is_clear), 0) AS ${name}`).join(", ")},
           sum(successes) AS answered,
           coalesce(sum(bounty_units + CASE WHEN public_rows * successes > 0 THEN work_double ELSE 0 END)
             FILTER (is_clear), 0) AS units_double,
           coalesce(sum(work_double) FILTER (is_clear), 0) AS demand_double
         FROM valid GROUP BY miner_hotkey HAVING bool_or(is_clear) OR sum(successes) > 0
         ORDER BY miner_hotkey`,
        windowValues(window),
      );
      await engine.run("DROP TABLE IF EXISTS gathered");
      return rows.map((row) => ({
        ...usageOf(row),
        unitsDouble: number(row, "units_double"),
        demandUnitsDouble: number(row, "demand_double"),
      }));
    } catch (error) {
      throw await blamed(warehouse, error);
    }
  });
}

/** All measured rows, as SQL. Where they are not all here at once they are copied aside, piece by piece. */
async function gathered(warehouse: Warehouse, entries: readonly Numbered[]): Promise<string> {
  const { engine, files } = warehouse;
  const rowsOf = (piece: readonly Numbered[]) => measured(filesOf(warehouse, piece));
  if (entries.every(({ entryId }) => files.isHere(entryId))) return rowsOf(entries);
  let into = "CREATE OR REPLACE TEMP TABLE gathered AS";
  for await (const piece of piecesOf(warehouse, entries)) {
    await engine.run(`${into} ${rowsOf(piece)}`);
    into = "INSERT INTO gathered";
  }
  return "SELECT * FROM gathered";
}
