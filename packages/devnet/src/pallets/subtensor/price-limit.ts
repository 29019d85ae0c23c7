import type { StateReader } from "../../state/state.ts";
import { hasPool } from "./pool.ts";
import { SubnetAlphaIn, SubnetTAO } from "./storage/networks.ts";

const ONE_TAO = 1_000_000_000n;
const UNLIMITED = 2n ** 64n - 1n;

/** TAO that can be paid in before one alpha costs more than `limit` rao. */
export function maxBuy(state: StateReader, netuid: number, limit: bigint): bigint {
  if (!hasPool(state, netuid)) return limit >= ONE_TAO ? UNLIMITED : 0n;
  const tao = SubnetTAO.get(state, netuid);
  // price = tao²/product after the trade, so the reserve may grow to √(limit·product).
  return positive(root((limit * product(state, netuid)) / ONE_TAO) - tao);
}

/** Alpha that can be sold before one alpha brings less than `limit` rao. */
export function maxSell(state: StateReader, netuid: number, limit: bigint): bigint {
  if (!hasPool(state, netuid)) return limit <= ONE_TAO ? UNLIMITED : 0n;
  if (limit === 0n) return UNLIMITED;
  const alpha = SubnetAlphaIn.get(state, netuid);
  return positive(root((ONE_TAO * product(state, netuid)) / limit) - alpha);
}

const product = (state: StateReader, netuid: number): bigint =>
  SubnetTAO.get(state, netuid) * SubnetAlphaIn.get(state, netuid);

const positive = (amount: bigint): bigint => (amount > 0n ? amount : 0n);

/** floor(√n), by Newton's method from above. */
function root(n: bigint): bigint {
  if (n < 2n) return n;
  let guess = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + n / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}
