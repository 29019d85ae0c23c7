import { ONE } from "./fixed.ts";

/**
 * Weights as `set_weights` stores them: scaled so that the largest is 65535, rounded half up.
 *
 * Above 32768 the pallet multiplies by a truncated factor, below it divides each product, lest the
 * product overflow; the two differ in the last digit and so does this function.
 */
export function maxUpscale(values: readonly number[]): number[] {
  const largest = values.reduce((a, b) => Math.max(a, b), 0);
  if (largest === 0) return values.map(() => 0);
  if (largest > 32_768) {
    const factor = Math.floor((65_535 * ONE) / largest);
    return values.map((value) => Math.floor((value * factor + ONE / 2) / ONE));
  }
  return values.map((value) => Math.floor((value * 65_535 * 2 + largest) / (2 * largest)));
}
