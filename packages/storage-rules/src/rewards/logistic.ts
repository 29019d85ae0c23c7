import { divideHalfEven } from "@neurond/primitives";
import { type Nano, ONE, toNano } from "./fixed.ts";

/** Binary places of the computation; its error stays below 2^-75. */
const PLACES = 80n;
const UNIT = 1n << PLACES;

/**
 * Binary places of the argument. Two arguments lie 2^-40 apart at least, where the curve still moves
 * by 2^-71 or more as long as it does not round to 0 or 1: so errors never turn the order of two.
 */
export const ARGUMENT_PLACES = 40n;

/** ln 2 in units of 2^-80, rounded down. */
const LN2 = 837_963_523_372_001_241_319_907n;

/** Beyond this the result rounds to 0 or 1 whatever the argument: e^-22 is below half a billionth. */
const FLAT = 22n << ARGUMENT_PLACES;

/**
 * 1 / (1 + e^x) in billionths, rounded half to even, for x in units of 2^-40. Whole numbers only:
 * `Math.exp` may differ in its last bit between machines, and scores must not.
 */
export function fallingLogistic(x: bigint): Nano {
  if (x >= FLAT) return toNano(0);
  if (x <= -FLAT) return ONE;
  const decay = expOfNegative((x < 0n ? -x : x) << (PLACES - ARGUMENT_PLACES));
  const upper = x < 0n ? UNIT : decay;
  return toNano(divideHalfEven(BigInt(ONE) * upper, UNIT + decay));
}

/** e^-x for x ≥ 0, both in units of 2^-80: 2^-k · e^-r with r below ln 2, by Taylor's series. */
function expOfNegative(x: bigint): bigint {
  const halvings = x / LN2;
  const rest = x - halvings * LN2;
  let term = UNIT;
  let sum = UNIT;
  for (let n = 1n; term !== 0n; n += 1n) {
    term = (term * rest) / (n << PLACES);
    sum += n % 2n === 0n ? term : -term;
  }
  return sum >> halvings;
}
