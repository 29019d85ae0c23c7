/** Limbs of 24 bits that a coefficient has in the kernels. */
export const LIMBS = 3;

/**
 * What a kernel's totals say of one column: for each limb the low halves of its sums, columns apart,
 * then in the same order the high halves.
 */
export function drainedTotal(totals: BigUint64Array, columns: number, column: number): bigint {
  let sum = 0n;
  for (let limb = 0; limb < LIMBS; limb += 1) {
    const at = limb * columns + column;
    const high = totals[at + LIMBS * columns] ?? 0n;
    sum += ((totals[at] ?? 0n) + (high << 32n)) << BigInt(24 * limb);
  }
  return sum;
}
