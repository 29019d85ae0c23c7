import type { SafeFloat } from "./types.ts";

/** Normal form: 10^20 < mantissa ≤ 10^21. */
const HIGH = 10n ** 21n;
const LOW = 10n ** 20n;

export const ZERO: SafeFloat = { mantissa: 0n, exponent: 0n };

/** mantissa·10^exponent in normal form, digits beyond the mantissa cut off. */
export function safeFloat(mantissa: bigint, exponent = 0n): SafeFloat {
  if (mantissa <= 0n) return ZERO;
  let [m, e] = [mantissa, exponent];
  while (m > HIGH) {
    m /= 10n;
    e += 1n;
  }
  while (m <= LOW) {
    m *= 10n;
    e -= 1n;
  }
  return { mantissa: m, exponent: e };
}

export const isZero = (value: SafeFloat): boolean => value.mantissa === 0n;

export const add = (a: SafeFloat, b: SafeFloat): SafeFloat => sum(a, b, 1n);

/** a − b, but not below zero. */
export const subtract = (a: SafeFloat, b: SafeFloat): SafeFloat => sum(a, b, -1n);

function sum(a: SafeFloat, b: SafeFloat, sign: 1n | -1n): SafeFloat {
  if (isZero(a)) return sign === 1n ? b : ZERO;
  if (isZero(b)) return a;
  const { exponent } = a.exponent < b.exponent ? a : b;
  return safeFloat(at(a, exponent) + sign * at(b, exponent), exponent);
}

/** The mantissa of a value written with a smaller exponent. */
const at = (value: SafeFloat, exponent: bigint): bigint =>
  value.mantissa * 10n ** (value.exponent - exponent);

/** value·numerator/denominator; zero when there is nothing to divide by. */
export function scale(value: SafeFloat, numerator: bigint, denominator: bigint): SafeFloat {
  if (denominator === 0n || isZero(value)) return ZERO;
  // 21 more digits than the mantissa holds, so that the cut happens once, in the normal form.
  const product = (value.mantissa * numerator * HIGH) / denominator;
  return safeFloat(product, value.exponent - 21n);
}

/** floor(amount·part/whole), the amount that a share stands for. */
export function shareOf(amount: bigint, part: SafeFloat, whole: SafeFloat): bigint {
  if (isZero(whole) || isZero(part)) return 0n;
  const shift = part.exponent - whole.exponent;
  const product = amount * part.mantissa;
  return shift >= 0n
    ? (product * 10n ** shift) / whole.mantissa
    : product / (whole.mantissa * 10n ** -shift);
}
