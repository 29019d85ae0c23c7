import { multiply } from "./field.ts";
import type { Matrix } from "./matrix.ts";

/**
 * Sums of multiples: byte b of output r becomes the sum of rows[r][c] times byte b of input c. Inputs
 * and outputs have one length and do not overlap.
 */
export type Combine = (
  rows: Matrix,
  inputs: readonly Uint8Array[],
  outputs: readonly Uint8Array[],
) => void;

/** `Combine` as it is written in books: the oracle of the kernel, and its stand-in without SIMD. */
export const combineScalar: Combine = (rows, inputs, outputs) => {
  for (const [row, output] of outputs.entries()) {
    output.fill(0);
    for (const [column, input] of inputs.entries()) {
      const factor = rows[row]?.[column] ?? 0;
      const products = Uint8Array.from({ length: 256 }, (_, byte) => multiply(factor, byte));
      for (let at = 0; at < output.length; at += 1) {
        output[at] = (output[at] ?? 0) ^ (products[input[at] ?? 0] ?? 0);
      }
    }
  }
};
