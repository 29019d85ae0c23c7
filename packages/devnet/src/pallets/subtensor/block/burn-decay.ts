import type { BlockContext } from "../../../frame/dispatch.ts";
import { clampBurn } from "../burn-price.ts";
import { BurnHalfLife } from "../storage/networks.ts";
import { Burn, RegistrationsThisBlock } from "../storage/registration.ts";

const FRACTION_BITS = 32n;
const ONE = 1n << FRACTION_BITS;
const HALF = ONE / 2n;

const times = (a: bigint, b: bigint): bigint => (a * b) >> FRACTION_BITS;

/** Lets a subnet's registration price fall toward its minimum: by half in `BurnHalfLife` blocks. */
export function decayBurn({ state, block }: BlockContext, netuid: number): void {
  const halfLife = BurnHalfLife.get(state, netuid);
  const burn = Burn.get(state, netuid);
  const decayed = block > 1 ? times(burn, decayFactor(halfLife)) : burn;
  const next = clampBurn(state, netuid, decayed);
  if (next !== burn) Burn.set(state, [netuid], next);
  if (RegistrationsThisBlock.has(state, netuid)) RegistrationsThisBlock.remove(state, netuid);
}

const factors = new Map<number, bigint>();

/** The largest factor of 32 fractional bits whose power of `halfLife` is at most a half. */
export function decayFactor(halfLife: number): bigint {
  if (halfLife === 0) return ONE;
  const known = factors.get(halfLife);
  if (known !== undefined) return known;
  let low = 0n;
  let high = ONE;
  while (low + 1n < high) {
    const middle = (low + high) / 2n;
    if (power(middle, halfLife) > HALF) high = middle;
    else low = middle;
  }
  factors.set(halfLife, low);
  return low;
}

function power(base: bigint, exponent: number): bigint {
  let result = ONE;
  let square = base;
  for (let rest = exponent; rest > 0; rest >>= 1) {
    if (rest & 1) result = times(result, square);
    square = times(square, square);
  }
  return result;
}
