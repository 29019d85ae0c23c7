import { type I32F32, mul, ONE } from "./fixed.ts";
import { SparseBuilder, type SparseMatrix, sizeOf } from "./sparse.ts";

/**
 * Step 11: the weights bonds are made from, `W + penalty · (C − W)`: a validator out of consensus
 * loses bonds by the penalty. `C` is `W` clipped to `consensus`.
 *
 * At both ends the matrix is taken as it is, zeros and order included; between them it is rebuilt
 * from its positive entries in ascending order of uid, as the pallet does.
 */
export function weightsForBonds(
  weights: SparseMatrix,
  clipped: SparseMatrix,
  consensus: Float64Array,
  penalty: I32F32,
): SparseMatrix {
  if (penalty === 0) return weights;
  if (penalty === ONE) return clipped;
  const { start, uids, values } = weights;
  const mixed = new SparseBuilder(sizeOf(weights), values.length);
  const row = new Float64Array(sizeOf(weights));
  for (let i = 0; i < row.length; i++) {
    const from = start[i] as number;
    const to = start[i + 1] as number;
    for (let k = from; k < to; k++) {
      const j = uids[k] as number;
      const value = values[k] as number;
      row[j] = value + mul(penalty, Math.min(0, (consensus[j] as number) - value));
    }
    if (from < to) mixed.endDenseRow(row);
    else mixed.endRow();
  }
  return mixed.finish();
}
