import { CodedError } from "@neurond/primitives";
import type { ConsensusCode } from "./errors.ts";

const MAX_U64 = 2n ** 64n - 1n;
/** Twice a sum must still be exact in a double. */
const MAX_SUM = 2n ** 52n;

/**
 * u64 stakes in doubles whose sums are exact. The stake of one subnet can exceed 2^53 rao; then each
 * stake is `high * 2^shift + low` with a shift so large that all highs together stay below 2^52.
 */
export interface ScaledStakes {
  readonly high: Float64Array;
  /** What the shift cut off, below 2^shift; null when the shift is zero. */
  readonly low: Float64Array | null;
  readonly shift: number;
}

/** Brings stakes in rao into doubles. */
export function scaleStakes(stakes: readonly bigint[]): ScaledStakes {
  for (const [voter, stake] of stakes.entries()) {
    if (stake >= 0n && stake <= MAX_U64) continue;
    throw new CodedError<ConsensusCode>(
      "VOTES_INVALID",
      `stake ${stake} of voter ${voter} is not a u64`,
      { voter },
    );
  }
  const total = stakes.reduce((sum, stake) => sum + stake, 0n);
  let shift = 0;
  while (total >> BigInt(shift) >= MAX_SUM) shift += 1;
  const unit = 1n << BigInt(shift);
  return {
    high: Float64Array.from(stakes, (stake) => Number(stake / unit)),
    low: shift === 0 ? null : Float64Array.from(stakes, (stake) => Number(stake % unit)),
    shift,
  };
}
