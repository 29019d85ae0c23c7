import { toU16 } from "./fixed.ts";
import { EMPTY_ROW, type PairRow } from "./pair-row.ts";
import { SparseBuilder, type SparseMatrix } from "./sparse.ts";

/**
 * Step 12: the stored bonds, as integers, without those toward neurons registered since the last
 * epoch: they were made with whoever held the uid before.
 *
 * `lastMechanismStepBlock` is 0 before the first epoch of the subnet.
 */
export function standingBonds(
  rows: readonly PairRow[],
  blockAtRegistration: readonly number[],
  epoch: { block: number; tempo: number; lastMechanismStepBlock: number },
): SparseMatrix {
  const lastTempo =
    epoch.lastMechanismStepBlock === 0
      ? Math.max(0, epoch.block - epoch.tempo)
      : epoch.lastMechanismStepBlock + 1;
  const stands = blockAtRegistration.map((registered) => registered < lastTempo);
  const n = blockAtRegistration.length;
  const bonds = new SparseBuilder(
    n,
    rows.reduce((total, row) => total + row.length / 2, 0),
  );
  for (let i = 0; i < n; i++) {
    const row = rows[i] ?? EMPTY_ROW;
    for (let k = 0; k < row.length; k += 2) {
      if (stands[row[k] as number]) bonds.push(row[k] as number, row[k + 1] as number);
    }
    bonds.endRow();
  }
  return bonds.finish();
}

/** Step 15: bonds as the chain stores them; a validator that loses its permit loses its bonds. */
export function bondRows(bonds: SparseMatrix, permits: readonly boolean[]): PairRow[] {
  const { start, uids, values } = bonds;
  return permits.map((permit, i) => {
    const from = start[i] as number;
    const to = start[i + 1] as number;
    if (!permit || from === to) return EMPTY_ROW;
    const row = new Uint16Array((to - from) * 2);
    for (let k = from; k < to; k++) {
      row[(k - from) * 2] = uids[k] as number;
      row[(k - from) * 2 + 1] = toU16(values[k] as number);
    }
    return row;
  });
}
