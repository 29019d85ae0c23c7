import { number, numberOrNull, text } from "./cells.ts";
import type { EntryHeader } from "./rows.ts";
import type { Warehouse } from "./warehouse.ts";

/** An entry that is loaded; `[startTime, endTime)` of all of a reporter's are its coverage. */
export interface LoadedEntry extends EntryHeader {
  /** Null: the entry brought no invocations export. */
  readonly invocationRows: number | null;
}

/** All loaded entries by end, block and id; in that order a later one overrules an earlier. */
export async function loadedEntries({ engine }: Warehouse): Promise<readonly LoadedEntry[]> {
  const rows = await engine.exclusive(() =>
    engine.rows("SELECT * FROM entries ORDER BY end_time, block, entry_id"),
  );
  return rows.map((row) => ({
    entryId: text(row, "entry_id"),
    kind: text(row, "kind") === "miner" ? "miner" : "validator",
    hotkey: text(row, "hotkey"),
    block: number(row, "block"),
    startTime: number(row, "start_time"),
    endTime: number(row, "end_time"),
    invocationRows: numberOrNull(row, "invocation_rows"),
  }));
}
