import { divideHalfEven } from "@neurond/primitives";

declare const nano: unique symbol;

/** A reward, score or multiplier in billionths; a safe integer, and negative for a penalty. */
export type Nano = number & { readonly [nano]: true };

/** One, in billionths. */
export const ONE = 1_000_000_000 as Nano;

/** Takes a whole number of billionths. */
export function toNano(value: number | bigint): Nano {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number as Nano;
  throw new RangeError(`${value} is no whole number of billionths`);
}

/** a·b/c, rounded once, half to even; the sign is that of the exact result. */
export function scale(a: number, b: number, c: number): Nano {
  return toNano(divideHalfEven(BigInt(a) * BigInt(b), BigInt(c)));
}

/** The least of whole numbers, and no more than `most`; `Math.min` takes no bigint. */
export function least(values: readonly bigint[], most: bigint): bigint {
  let found = most;
  for (const value of values) if (value < found) found = value;
  return found;
}
