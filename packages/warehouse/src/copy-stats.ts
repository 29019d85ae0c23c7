import type { Cells } from "./cells.ts";

/** How many values of `column` are null, by the row that a `COPY` with `RETURN_STATS` answers with. */
export function nullsOf(copied: Cells, column: string): number {
  const statistics = entryOf(copied["column_statistics"], `"${column}"`);
  const nulls = entryOf(statistics, "null_count");
  if (typeof nulls !== "string") throw new TypeError(`a copy tells nothing of ${column}`);
  return Number(nulls);
}

/** Maps of the engine are lists of pairs. */
function entryOf(map: unknown, key: string): unknown {
  if (!Array.isArray(map)) return undefined;
  const pairs: readonly unknown[] = map;
  for (const pair of pairs) {
    if (typeof pair !== "object" || pair === null) continue;
    if ("key" in pair && "value" in pair && pair.key === key) return pair.value;
  }
  return undefined;
}
