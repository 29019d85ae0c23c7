import { div, type I32F32, normalize, sum } from "./fixed.ts";

/** Rao per uid: as a miner, as a validator, and the amount the chain keeps on record. */
export interface Emissions {
  readonly serverEmission: bigint[];
  readonly validatorEmission: bigint[];
  readonly emission: bigint[];
}

/**
 * Step 14: the epoch's emission by incentive and dividends. When nobody earned anything, validators
 * share all of it by stake: by active stake, or by any stake when none is active.
 */
export function distribute(
  emission: bigint,
  shares: {
    incentive: Float64Array;
    dividends: Float64Array;
    stake: Float64Array;
    activeStake: Float64Array;
  },
): Emissions {
  const { incentive, dividends, stake, activeStake } = shares;
  const combined = incentive.map((value, uid) => value + (dividends[uid] as number));
  const total = sum(combined);
  if (total === 0) {
    const amounts = amountsOf(sum(activeStake) === 0 ? stake : activeStake, emission);
    return {
      serverEmission: amounts.map(() => 0n),
      validatorEmission: amounts,
      emission: amounts.slice(),
    };
  }
  const overTotal = (value: I32F32) => div(value, total);
  return {
    serverEmission: amountsOf(incentive.map(overTotal), emission),
    validatorEmission: amountsOf(dividends.map(overTotal), emission),
    emission: amountsOf(normalize(combined), emission),
  };
}

function amountsOf(shares: Float64Array, emission: bigint): bigint[] {
  return Array.from(shares, (share) => (share === 0 ? 0n : (BigInt(share) * emission) >> 32n));
}
