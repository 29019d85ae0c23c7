import { SparseBuilder, type SparseMatrix } from "../../src/yuma/sparse.ts";

/** The matrix with these rows of `[uid, value]` entries. */
export function matrixOf(rows: readonly (readonly (readonly [number, number])[])[]): SparseMatrix {
  const builder = new SparseBuilder(rows.length, rows.flat().length);
  for (const row of rows) {
    for (const [uid, value] of row) builder.push(uid, value);
    builder.endRow();
  }
  return builder.finish();
}

/** The rows of a matrix as `[uid, value]` entries. */
export function rowsOf({ start, uids, values }: SparseMatrix): [number, number][][] {
  return Array.from({ length: start.length - 1 }, (_, i) => {
    const [from, to] = [start[i] ?? 0, start[i + 1] ?? 0];
    return Array.from(uids.slice(from, to), (uid, k) => [uid, values[from + k] ?? 0]);
  });
}
