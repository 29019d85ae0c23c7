/** A share as two whole numbers, so that a rate exactly at a threshold is decided exactly. */
export interface Threshold {
  readonly numerator: number;
  readonly denominator: number;
}

/** One row of a table of tiers. */
export interface Tier {
  readonly name: string;
  /** Bytes a miner of this tier may hold. */
  readonly limit: bigint;
  /** What its success rate must reach; null for the tier everybody reaches. */
  readonly rate: Threshold | null;
  /** Successes of its whole life. */
  readonly totalSuccesses: number;
  /** By how much rewards are multiplied, in millionths. */
  readonly factorMicro: number;
}

/** A table from the highest tier down; the last one takes everybody. */
export type TierTable = readonly [...Tier[], Tier & { readonly rate: null }];

/** A threshold in thousandths. */
export function perMille(numerator: number): Threshold {
  return { numerator, denominator: 1000 };
}
