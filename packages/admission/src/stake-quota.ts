import type { Rao } from "@neurond/primitives";
import { limitInvalid } from "./errors.ts";

const RAO_PER_TAO = 1_000_000_000n;
const TAO_DIGITS = 9;
/** Logarithms are taken in hundredths: the power whose number of digits tells them. */
const STEPS = 100;
const MAX_REMEMBERED = 4096;

/** A quota that grows with stake. */
export interface StakeQuota {
  /** Of a caller without stake; whole, at least 1. */
  readonly base: number;
  /** More for each tenfold of 1 + stake in TAO; whole. */
  readonly perDecade: number;
}

/**
 * `base + perDecade · log10(1 + stake in TAO)`, in whole requests. The logarithm is rounded down to
 * hundredths and the product down to a whole: the same on every machine, and never more than said.
 */
export function stakeQuota({ base, perDecade }: StakeQuota): (stakeRao: Rao) => number {
  if (!Number.isSafeInteger(base) || base < 1)
    throw limitInvalid(`base is ${base}: give 1 or more`);
  if (!Number.isSafeInteger(perDecade) || perDecade < 0) {
    throw limitInvalid(`perDecade is ${perDecade}: give a whole number from 0`);
  }
  // Stakes change once a block at most; senders ask all the time.
  const known = new Map<Rao, number>();
  return (stakeRao) => {
    const remembered = known.get(stakeRao);
    if (remembered !== undefined) return remembered;
    if (known.size >= MAX_REMEMBERED) known.clear();
    const quota = base + Math.floor((perDecade * hundredthsOfDecades(stakeRao)) / STEPS);
    known.set(stakeRao, quota);
    return quota;
  };
}

/** Exact: x^100 has so many digits as log10(x) has hundredths, and one more. */
function hundredthsOfDecades(stakeRao: Rao): number {
  const power = (RAO_PER_TAO + stakeRao) ** BigInt(STEPS);
  return power.toString().length - 1 - TAO_DIGITS * STEPS;
}
