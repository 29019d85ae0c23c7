/**
 * The runtime's I32F32 numbers, as their raw bits (`value · 2^32`) in a double.
 *
 * An integer below 2^53 is exact in a double, and every number of the epoch is far below that, so
 * products and quotients are formed from halves that fit. The results are those of the runtime's
 * 64-bit integers bit for bit, at the price of a few floating-point operations.
 */
export type I32F32 = number;

/** 1.0 in raw bits. */
export const ONE: I32F32 = 2 ** 32;

const HALF = 2 ** 16;
const TWO_STEPS = 2 ** 37;
const FOUR_STEPS = 2 ** 45;

/** `a · b`, rounded down. Exact for `|a| ≤ 2^33` and `|b| ≤ 2^35`, either sign. */
export function mul(a: I32F32, b: I32F32): I32F32 {
  const high = Math.floor(a / HALF);
  return Math.floor((high * b + Math.floor(((a - high * HALF) * b) / HALF)) / HALF);
}

/** `a · b`, rounded down, for a large `a`. Exact while the result is below 2^53 and `|b| ≤ 2^36`. */
export function mulWide(a: I32F32, b: I32F32): I32F32 {
  const whole = Math.floor(a / ONE);
  return whole * b + mul(a - whole * ONE, b);
}

/**
 * `a / b`, rounded down, for `0 ≤ a ≤ b`; 0 when `b` is 0.
 *
 * Long division, as many bits at a time as keep every dividend below 2^53. The floor of a double
 * quotient is then exact: no non-integer quotient of such integers rounds up to an integer.
 */
export function div(a: I32F32, b: I32F32): I32F32 {
  if (b === 0) return 0;
  if (b <= TWO_STEPS) {
    const quotient = Math.floor((a * HALF) / b);
    return quotient * HALF + Math.floor(((a * HALF - quotient * b) * HALF) / b);
  }
  if (b <= FOUR_STEPS) {
    let quotient = 0;
    let rest = a;
    for (let step = 0; step < 4; step++) {
      const digit = Math.floor((rest * 256) / b);
      rest = rest * 256 - digit * b;
      quotient = quotient * 256 + digit;
    }
    return quotient;
  }
  return Number((BigInt(a) << 32n) / BigInt(b));
}

/** The integer fraction `a / b` as I32F32, rounded down; 0 when `b` is 0. Exact for `0 ≤ a < 2^21`. */
export function ratio(a: number, b: number): I32F32 {
  return b === 0 ? 0 : Math.floor((a * ONE) / b);
}

/** A proportion as the u16 the chain stores: `floor(x · 65535)`, clamped. */
export function toU16(x: I32F32): number {
  return Math.max(0, Math.min(65_535, Math.floor((x * 65_535) / ONE)));
}

/** The plain sum; exact below 2^53. */
export function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Each value over the sum of all, rounded down; a copy when the sum is 0. */
export function normalize(values: Float64Array): Float64Array {
  const total = sum(values);
  return total === 0 ? values.slice() : values.map((value) => div(value, total));
}
