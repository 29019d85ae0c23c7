import { divideHalfEven } from "@neurond/primitives";

/** A non-negative quantity in units of 10^-18: a share of one, or compute units. */
export type Atto = bigint;

/** One, in `Atto`. */
export const ONE: Atto = 10n ** 18n;

/** A small positive rational such as 13/10, so that powers need no floats. */
export interface Exponent {
  readonly numerator: number;
  readonly denominator: number;
}

const PICO = 1e12;
const MAX_QUANTITY = 1e15;

/**
 * A double from an export in units of 10^-12, rounded to the nearest and up from the middle: the one
 * place where a float becomes an integer. What is below zero, above 10^15 or no number earns nothing.
 * SQL says the same as `CASE WHEN x BETWEEN 0 AND 1e15 THEN CAST(round(x * 1e12) AS HUGEINT) ELSE 0 END`.
 */
export function picoOf(value: number): bigint {
  return value > 0 && value <= MAX_QUANTITY ? BigInt(Math.round(value * PICO)) : 0n;
}

/** `part / whole` rounded half to even; 0 of nothing. */
export function shareOf(part: bigint, whole: bigint): Atto {
  return whole > 0n ? divideHalfEven(part * ONE, whole) : 0n;
}

/** `(numerator / denominator) ^ exponent`, rounded down: exact in integers, unlike `Math.pow`. */
export function powerOf(numerator: bigint, denominator: bigint, exponent: Exponent): Atto {
  const [p, q] = [BigInt(exponent.numerator), BigInt(exponent.denominator)];
  return rootOf((numerator ** p * ONE ** q) / denominator ** p, exponent.denominator);
}

/** The largest integer whose `degree`-th power is at most `value`, by Newton's steps from above. */
export function rootOf(value: bigint, degree: number): bigint {
  if (value < 2n || degree === 1) return value;
  const [k, before] = [BigInt(degree), BigInt(degree - 1)];
  const bits = 4 * value.toString(16).length;
  let root = 1n << BigInt(Math.ceil(bits / degree));
  while (true) {
    const next = (before * root + value / root ** before) / k;
    if (next >= root) return root;
    root = next;
  }
}

/** `base ^ times` of a share up to one, rounded down after each of its log2 steps at 10^-36. */
export function decayOf(base: Atto, times: number): Atto {
  const fine = ONE * ONE;
  let result = fine;
  let square = base * ONE;
  for (let rest = times; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = (result * square) / fine;
    square = (square * square) / fine;
  }
  return result / ONE;
}

/** The nearest double, for people and charts; never for a comparison. */
export function toNumber(value: Atto): number {
  return Number(value) / 1e18;
}

/** Fixed decimals as Python's `.5f` writes them: a tie goes to the even digit. */
export function toFixed(value: Atto, decimals: number): string {
  const scaled = divideHalfEven(value, 10n ** BigInt(18 - decimals));
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(decimals + 1, "0");
  return `${scaled < 0n ? "-" : ""}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Adds integers; addition of integers has no order, which is why every sum here is one. */
export function sumOf(values: Iterable<bigint>): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}

/** The largest of some quantities; zero of none. */
export function largestOf(values: Iterable<bigint>): bigint {
  let largest = 0n;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}

/** The distance of two quantities. */
export function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b;
}
