import { multiply } from "./field.ts";
import type { Matrix } from "./matrix.ts";

/**
 * Takes bytes of an output, by its row; they begin at `at` of it. The memory is used again for what
 * comes next: until then it may be written to.
 */
export type Take = (row: number, bytes: Uint8Array, at: number) => void;

/**
 * Sums of multiples: byte b of output r becomes the sum of rows[r][c] times byte b of input c. All
 * inputs have one length. Outputs are given out piece by piece, each from its beginning to its end,
 * and inputs are not read again where outputs were given out: one may lie where the other lay.
 */
export type Combine = (rows: Matrix, inputs: readonly Uint8Array[], take: Take) => void;

/** `Combine` as it is written in books: the oracle of the kernel, and its stand-in without SIMD. */
export const combineScalar: Combine = (rows, inputs, take) => {
  const sums = rows.map(() => new Uint8Array(inputs[0]?.length ?? 0));
  for (const [row, sum] of sums.entries()) {
    for (const [column, input] of inputs.entries()) {
      const factor = rows[row]?.[column] ?? 0;
      const products = Uint8Array.from({ length: 256 }, (_, byte) => multiply(factor, byte));
      for (let at = 0; at < sum.length; at += 1) {
        sum[at] = (sum[at] ?? 0) ^ (products[input[at] ?? 0] ?? 0);
      }
    }
  }
  for (const [row, sum] of sums.entries()) take(row, sum, 0);
};
