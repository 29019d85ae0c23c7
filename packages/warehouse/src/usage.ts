import { type Cells, integer, number, text } from "./cells.ts";
import { MEASURES } from "./schema.ts";
import { settle } from "./settle.ts";
import type { Warehouse } from "./warehouse.ts";
import { fixWindow, KNOWN_ENTRIES, type WindowOptions, windowValues } from "./window.ts";

/** What one hotkey served in a window: all integers, exact, whatever the order of rows and threads. */
export interface Usage {
  readonly minerHotkey: string;
  /** Attempts that count: a miner served them and no confirmed report is against their request. */
  readonly rows: number;
  /** Of those, on public chutes. */
  readonly publicRows: number;
  /** Public, ended, without error: `invocation_count`. */
  readonly invocations: number;
  /** Public, with a bounty: `bounty_count`. */
  readonly bounties: number;
  /** In 10^-18: bounties of all rows, and multiplier times work of successful public ones. */
  readonly units: bigint;
  /** Ended without error, private ones included. */
  readonly successes: number;
  /** In 10^-18: multiplier times work of all rows, failed and private ones included. */
  readonly demandUnits: bigint;
  /** Ended without error, private and reported ones included: what a miner's own counter counts. */
  readonly answered: number;
}

/** What every hotkey served, by the sums that are kept: reads no file that was read before. */
export async function usage(
  warehouse: Warehouse,
  options: WindowOptions = {},
): Promise<readonly Usage[]> {
  const { engine } = warehouse;
  return await engine.exclusive(async () => {
    const window = await fixWindow(warehouse, options);
    await settle(warehouse);
    const rows = await engine.rows(
      `WITH ${KNOWN_ENTRIES}, ${LOSERS}
       SELECT miner_hotkey, ${TOTALS}, sum(answered) AS answered FROM (
         SELECT miner_hotkey, hour, ${MEASURES.join(", ")}, successes AS answered
         FROM sums JOIN known USING (seq)
         UNION ALL SELECT miner_hotkey, hour, ${MEASURES.map((name) => `-${name}`).join(", ")},
           CASE WHEN is_superseded THEN -successes ELSE 0 END FROM losers)
       WHERE hour >= $firstHour AND hour < $endHour
       GROUP BY miner_hotkey HAVING sum(attempts) > 0 OR sum(answered) > 0 ORDER BY miner_hotkey`,
      windowValues(window),
    );
    return rows.map(usageOf);
  });
}

/** Sums of the measures under their own names. */
export const TOTALS = MEASURES.map((name) => `sum(${name}) AS ${name}`).join(", ");

const PICO_IN_ATTO = 1_000_000n;
const UNIT_IN_PICO = 1_000_000_000_000n;

/** Rows that do not count at `$asOf`: an older version, or of a request with a confirmed report. */
export const LOSERS = `confirmed AS (
    SELECT DISTINCT invocation_id AS id FROM reports JOIN known USING (seq)
    WHERE confirmed_at IS NOT NULL),
  versions AS (SELECT exceptions.*, row_number() OVER (PARTITION BY invocation_id ORDER BY
      rank DESC, ${tieBreak()}) AS version FROM exceptions JOIN known USING (seq)),
  losers AS (SELECT versions.*, version > 1 AS is_superseded FROM versions
    LEFT JOIN confirmed ON parent_invocation_id = id WHERE version > 1 OR id IS NOT NULL)`;

/**
 * Orders two versions within one entry, where time does not, by what they say, so that the choice is
 * not left to their order in the file; where all this is equal so is every figure.
 */
export function tieBreak(): string {
  const said = [
    "completed_at",
    "parent_invocation_id",
    "hour",
    "miner_hotkey",
    "chute_id",
    "function_name",
  ];
  return [...said, ...MEASURES].map((name) => `${name} DESC NULLS LAST`).join(", ");
}

/** A row of totals as usage. */
export function usageOf(row: Cells): Usage {
  const bounty = integer(row, "bounty_units") * UNIT_IN_PICO;
  return {
    minerHotkey: text(row, "miner_hotkey"),
    rows: number(row, "attempts"),
    publicRows: number(row, "public_rows"),
    invocations: number(row, "invocations"),
    bounties: number(row, "bounties"),
    units: (bounty + integer(row, "public_work")) * PICO_IN_ATTO,
    successes: number(row, "successes"),
    demandUnits: integer(row, "demand_work") * PICO_IN_ATTO,
    answered: number(row, "answered"),
  };
}
