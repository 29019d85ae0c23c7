/**
 * One row of `Weights` or `Bonds`: uid, value, uid, value, …
 *
 * The layout of SCALE's `Vec<(u16, u16)>` after its length, so that a row of thousands of entries
 * is copied in and out of storage, never built pair by pair. Order is the submitter's; a uid occurs once.
 */
export type PairRow = Uint16Array;

/** The row of a uid which has none. */
export const EMPTY_ROW: PairRow = new Uint16Array(0);

/** The row made of `[uid, value]` pairs, in their order. */
export function pairRow(pairs: readonly (readonly [uid: number, value: number])[]): PairRow {
  const row = new Uint16Array(pairs.length * 2);
  pairs.forEach(([uid, value], index) => {
    row[index * 2] = uid;
    row[index * 2 + 1] = value;
  });
  return row;
}

/** The `[uid, value]` pairs of a row, in its order. */
export function pairsOf(row: PairRow): [uid: number, value: number][] {
  return Array.from({ length: row.length / 2 }, (_, index) => [
    row[index * 2] as number,
    row[index * 2 + 1] as number,
  ]);
}
