import { mul, normalize } from "./fixed.ts";
import { SparseBuilder, type SparseMatrix, sizeOf } from "./sparse.ts";

/**
 * Step 9: weights above the consensus on their miner are cut down to it. A weight toward a miner
 * whose consensus is 0 vanishes; a weight of 0 was never above and stays.
 */
export function clipToConsensus(weights: SparseMatrix, consensus: Float64Array): SparseMatrix {
  const { start, uids, values } = weights;
  const clipped = new SparseBuilder(sizeOf(weights), values.length);
  for (let i = 0; i + 1 < start.length; i++) {
    for (let k = start[i] as number; k < (start[i + 1] as number); k++) {
      const j = uids[k] as number;
      const value = values[k] as number;
      const limit = consensus[j] as number;
      if (value <= limit) clipped.push(j, value);
      else if (limit > 0) clipped.push(j, limit);
    }
    clipped.endRow();
  }
  return clipped.finish();
}

/** Step 9: how much of each validator's weight the consensus left standing. */
export function validatorTrustOf({ start, values }: SparseMatrix): Float64Array {
  const trust = new Float64Array(start.length - 1);
  for (let i = 0; i < trust.length; i++) {
    let total = 0;
    for (let k = start[i] as number; k < (start[i + 1] as number); k++)
      total += values[k] as number;
    trust[i] = total;
  }
  return trust;
}

/** Step 10: each miner's share of the clipped weights, counted by the stake behind them. */
export function incentiveOf(clipped: SparseMatrix, activeStake: Float64Array): Float64Array {
  const { start, uids, values } = clipped;
  const ranks = new Float64Array(sizeOf(clipped));
  for (let i = 0; i < ranks.length; i++) {
    const stake = activeStake[i] as number;
    if (stake === 0) continue;
    for (let k = start[i] as number; k < (start[i + 1] as number); k++) {
      const j = uids[k] as number;
      ranks[j] = (ranks[j] as number) + mul(stake, values[k] as number);
    }
  }
  return normalize(ranks);
}
