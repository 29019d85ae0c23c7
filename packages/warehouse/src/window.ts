import { numberOrNull } from "./cells.ts";
import { warehouseError } from "./errors.ts";
import { HOUR_US, type Micros } from "./rows.ts";
import type { Warehouse } from "./warehouse.ts";

/** Which rows count: those of the last `hours` before `asOf`, as known by entries that end by then. */
export interface WindowOptions {
  /** A whole hour; the end of the newest validator's entry unless given. */
  readonly asOf?: Micros;
  /** 168 unless given. */
  readonly hours?: number;
}

/** A window with its bounds. */
export interface Window {
  readonly asOf: Micros;
  /** Whole hours since 1970, `[firstHour, endHour)`. */
  readonly firstHour: number;
  readonly endHour: number;
}

/** Fixes the bounds of a window, so that every figure of one account is of the same. */
export async function fixWindow(
  { engine }: Warehouse,
  { asOf, hours = 168 }: WindowOptions,
): Promise<Window> {
  const end = asOf ?? (await newestEnd(engine));
  if (end === null || end % HOUR_US !== 0 || !Number.isSafeInteger(end)) {
    throw warehouseError("WINDOW_INVALID", `${end} is no end of a window`);
  }
  return { asOf: end, firstHour: end / HOUR_US - hours, endHour: end / HOUR_US };
}

async function newestEnd(engine: Warehouse["engine"]): Promise<Micros | null> {
  const [row] = await engine.rows(
    "SELECT max(end_time) AS newest FROM entries WHERE kind = 'validator'",
  );
  return row === undefined ? null : numberOrNull(row, "newest");
}

/** Entries that count at `$asOf`; of two versions of anything, that of the higher `rank` holds. */
export const KNOWN_ENTRIES = `known AS (SELECT seq, entry_id, kind, hotkey, end_time, invocation_rows,
    row_number() OVER (ORDER BY end_time, block, entry_id) AS rank
  FROM entries WHERE end_time <= $asOf)`;

/** Values of the window's names in SQL. */
export function windowValues({ asOf, firstHour, endHour }: Window) {
  return { asOf: BigInt(asOf), firstHour, endHour };
}

/** Only the end. */
export function endValue({ asOf }: Window) {
  return { asOf: BigInt(asOf) };
}
