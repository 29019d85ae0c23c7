import { logistic } from "./exp.ts";
import { type I32F32, mul, mulWide, ONE, ratio } from "./fixed.ts";
import { SparseBuilder, type SparseMatrix, sizeOf } from "./sparse.ts";

/** Liquid alpha of a subnet as stored: `AlphaValues` (u16, low ≤ high) and `AlphaSigmoidSteepness` (i16). */
export interface LiquidAlpha {
  readonly low: number;
  readonly high: number;
  readonly steepness: number;
}

/**
 * Step 13a with liquid alpha (10.5): every bond moves at a speed of its own, faster the further the
 * validator's weight is from the consensus. A bond without a weight entry disappears.
 *
 * Rows keep the order of the weights. The pallet finds the weight and the bond that set the speed by
 * walking each row once, upwards: an entry after a higher uid is passed over and counts as 0 there.
 */
export function emaWithLiquidAlpha(
  weights: SparseMatrix,
  old: SparseMatrix,
  consensus: Float64Array,
  settings: LiquidAlpha,
): SparseMatrix {
  const n = sizeOf(weights);
  const alphaOf = alphaFunction(settings);
  const ema = new SparseBuilder(n, weights.values.length);
  const held = new Float64Array(n);
  const heldInOrder = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let highest = -1;
    for (let k = old.start[i] as number; k < (old.start[i + 1] as number); k++) {
      const j = old.uids[k] as number;
      held[j] = old.values[k] as number;
      if (j > highest) heldInOrder[j] = held[j] as number;
      highest = Math.max(highest, j);
    }
    highest = -1;
    for (let k = weights.start[i] as number; k < (weights.start[i + 1] as number); k++) {
      const j = weights.uids[k] as number;
      const weight = weights.values[k] as number;
      const seen = j > highest ? weight : 0;
      highest = Math.max(highest, j);
      const alpha = alphaOf(consensus[j] as number, seen, heldInOrder[j] as number);
      const bond = Math.min(ONE, mul(ONE - alpha, held[j] as number) + mul(alpha, weight));
      if (bond > 0) ema.push(j, bond);
    }
    held.fill(0);
    heldInOrder.fill(0);
    ema.endRow();
  }
  return ema.finish();
}

/** The sigmoid between `low` and `high`, centred where the difference is a half. */
function alphaFunction(settings: LiquidAlpha) {
  const low = ratio(settings.low, 65_535);
  const high = ratio(settings.high, 65_535);
  const slope = Math.trunc((settings.steepness * ONE) / -100);
  return (consensus: I32F32, weight: I32F32, bond: I32F32): I32F32 => {
    const difference = weight >= bond ? Math.max(0, weight - consensus) : bond - weight;
    const sigmoid = logistic(mulWide(slope, difference - ONE / 2));
    return Math.min(high, low + mul(high - low, sigmoid));
  };
}
