import { multiply } from "./field.ts";
import type { Matrix } from "./matrix.ts";

/**
 * Sums of multiples: byte b of output r becomes the sum of rows[r][c] times byte b of input c. All
 * have one length. An output may be an input too: what is lost is restored where a substitute lay.
 */
export type Combine = (
  rows: Matrix,
  inputs: readonly Uint8Array[],
  outputs: readonly Uint8Array[],
) => void;

/** `Combine` as it is written in books: the oracle of the kernel, and its stand-in without SIMD. */
export const combineScalar: Combine = (rows, inputs, outputs) => {
  const sums = outputs.map(({ length }) => new Uint8Array(length));
  for (const [row, sum] of sums.entries()) {
    for (const [column, input] of inputs.entries()) {
      const factor = rows[row]?.[column] ?? 0;
      const products = Uint8Array.from({ length: 256 }, (_, byte) => multiply(factor, byte));
      for (let at = 0; at < sum.length; at += 1) {
        sum[at] = (sum[at] ?? 0) ^ (products[input[at] ?? 0] ?? 0);
      }
    }
  }
  for (const [row, sum] of sums.entries()) outputs[row]?.set(sum);
};
