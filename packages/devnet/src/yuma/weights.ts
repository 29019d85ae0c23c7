import { ratio } from "./fixed.ts";
import { EMPTY_ROW, type PairRow } from "./pair-row.ts";
import { SparseBuilder, type SparseMatrix } from "./sparse.ts";

/** What decides which stored weights count. */
export interface WeightMasks {
  readonly permits: readonly boolean[];
  readonly ownerUid: number | undefined;
  readonly lastUpdate: readonly number[];
  readonly blockAtRegistration: readonly number[];
  readonly earliestCommit: readonly (number | undefined)[] | undefined;
}

/**
 * Steps 5 to 7: the weights of permitted uids without self-weights (the owner's own stays) and
 * without weights older than the neuron they point at, each row normalised to 1.
 *
 * With commit-reveal a weight is as old as the earliest commit still pending: what it will reveal was
 * decided before the neuron came. Values are u16 until they are normalised, so the quotient is exact.
 */
export function effectiveWeights(rows: readonly PairRow[], masks: WeightMasks): SparseMatrix {
  const { permits, ownerUid, lastUpdate, earliestCommit } = masks;
  const registered = Float64Array.from(masks.blockAtRegistration);
  const capacity = rows.reduce((total, row, i) => total + (permits[i] ? row.length / 2 : 0), 0);
  const kept = new SparseBuilder(permits.length, capacity);
  for (let i = 0; i < permits.length; i++) {
    const row = permits[i] ? (rows[i] ?? EMPTY_ROW) : EMPTY_ROW;
    const updated = lastUpdate[i] as number;
    const committed = earliestCommit?.[i] ?? Number.POSITIVE_INFINITY;
    for (let k = 0; k < row.length; k += 2) {
      const j = row[k] as number;
      const since = registered[j] as number;
      if (i === j && i !== ownerUid) continue;
      if (since < updated && since <= committed) kept.push(j, row[k + 1] as number);
    }
    kept.endRow();
  }
  const weights = kept.finish();
  normalizeRows(weights);
  return weights;
}

function normalizeRows({ start, values }: SparseMatrix): void {
  for (let i = 0; i + 1 < start.length; i++) {
    const row = values.subarray(start[i], start[i + 1]);
    let total = 0;
    for (let k = 0; k < row.length; k++) total += row[k] as number;
    for (let k = 0; k < row.length; k++) row[k] = ratio(row[k] as number, total);
  }
}
