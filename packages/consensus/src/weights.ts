import {
  type Hotkey,
  type Micro,
  toU16Weights,
  type U16Weight,
  type Uid,
} from "@neurond/primitives";
import { addBurn, BURN_UID } from "./burn.ts";

/** How much of the vector a family has, and in what proportion its miners share it. */
export interface Payout {
  readonly weight: Micro;
  /** Relative shares; none, or none above zero, burns the family's weight. */
  readonly shares: ReadonlyMap<Hotkey, bigint>;
}

/** A vector for the chain and what became of every share. */
export interface WeightVector {
  /** Never empty: when nothing is assigned, everything burns. */
  readonly weights: readonly U16Weight[];
  /** Miners that are not registered; what was theirs burns. */
  readonly unresolved: readonly Hotkey[];
  /** Families claim more than the whole: nothing is left to burn. A misconfiguration worth a warning. */
  readonly isOverassigned: boolean;
}

const WHOLE = 1_000_000n;

/** One miner takes the family's weight; null burns it. */
export function payWinner(weight: Micro, winner: Hotkey | null): Payout {
  return { weight, shares: new Map(winner === null ? [] : [[winner, 1n]]) };
}

/** Every miner takes in proportion to its median. */
export function payProportionally(weight: Micro, medians: ReadonlyMap<Hotkey, Micro>): Payout {
  return {
    weight,
    shares: new Map([...medians].map(([hotkey, score]) => [hotkey, BigInt(score)])),
  };
}

/** The u16 vector of several families, exact up to the one rounding that the chain's form asks for. */
export function weightVector(
  payouts: readonly Payout[],
  uids: ReadonlyMap<Hotkey, Uid>,
): WeightVector {
  const sums = payouts.map(({ shares }) => sumOf(shares.values()));
  // A common denominator keeps the shares of families with different sums integers.
  const denominator = sums.reduce((product, sum) => (sum > 0n ? product * sum : product), 1n);
  const assigned = new Map<Uid, bigint>();
  const unresolved = new Set<Hotkey>();
  for (const [index, { weight, shares }] of payouts.entries()) {
    const sum = sums[index] ?? 0n;
    if (sum === 0n) continue;
    const unit = BigInt(weight) * (denominator / sum);
    for (const [hotkey, share] of shares) {
      const uid = uids.get(hotkey);
      if (uid === undefined) unresolved.add(hotkey);
      else assigned.set(uid, (assigned.get(uid) ?? 0n) + unit * share);
    }
  }
  const weights = toU16Weights(addBurn(assigned, WHOLE * denominator));
  const claimed = payouts.reduce((total, { weight }) => total + BigInt(weight), 0n);
  return {
    weights: weights.length > 0 ? weights : [{ uid: BURN_UID, value: 65_535 }],
    unresolved: [...unresolved].sort(),
    isOverassigned: claimed > WHOLE,
  };
}

function sumOf(values: Iterable<bigint>): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}
