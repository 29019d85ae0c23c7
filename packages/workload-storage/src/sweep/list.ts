import { Draw, u64 } from "@neurond/crypto";
import type { Entry } from "../entry.ts";
import type { Entries } from "../entry-list.ts";
import { rowsOf } from "./rows.ts";

/** The least a default budget sweeps: a gibibyte. */
const LEAST_ROWS = 87_382;

/** The parameters of mode `sweep`: the budget in rows, 0 for everything. */
export function sweepParams(budgetRows: number): Uint8Array {
  return u64(budgetRows);
}

/** A twentieth of what a miner holds, or a gibibyte when that is more. */
export function defaultBudget(totalRows: number): number {
  return Math.max(LEAST_ROWS, Math.ceil(totalRows / 20));
}

/**
 * The shards a challenge sweeps, as ascending inventory indices: of `granted`, which are those whose
 * logged grants cover the period, so many drawn ones that they reach the budget; all with budget 0.
 */
export function sweepList(
  seed: Uint8Array,
  budgetRows: number,
  granted: readonly number[],
  entries: Entries,
): readonly number[] {
  if (budgetRows === 0) return granted;
  const draw = new Draw("sweep/pick", seed);
  const order = [...granted];
  let [picked, rows] = [0, 0];
  while (picked < order.length && rows < budgetRows) {
    const other = picked + Number(draw.next(BigInt(order.length - picked)));
    const index = order[other] ?? 0;
    order[other] = order[picked] ?? 0;
    order[picked] = index;
    rows += rowsOf(entries.at(index)?.size ?? 0);
    picked += 1;
  }
  return order.slice(0, picked).sort((a, b) => a - b);
}

/** A listed shard, and the number of its first row among the rows of the whole list. */
export interface Swept {
  readonly index: number;
  readonly entry: Entry;
  readonly firstRow: number;
}

/** The listed shards with their row numbers. Absent ones keep theirs. */
export function numberRows(list: readonly number[], entries: Entries): readonly Swept[] {
  let firstRow = 0;
  return list.map((index) => {
    const entry = entries.at(index);
    if (entry === undefined) throw new RangeError(`the inventory has no entry ${index}`);
    const swept = { index, entry, firstRow };
    firstRow += rowsOf(entry.size);
    return swept;
  });
}
