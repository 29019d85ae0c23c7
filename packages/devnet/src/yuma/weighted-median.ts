import type { I32F32 } from "./fixed.ts";

/** The candidates of a weighted median: a slice of two parallel arrays, which gets reordered. */
export interface Candidates {
  readonly scores: Float64Array;
  readonly stakes: Float64Array;
  readonly from: number;
  readonly to: number;
}

/**
 * The score at which the stake of lower scores is at most `minority`, and with the stake of equal
 * scores more than it; the highest score when nothing exceeds the minority, 0 without candidates.
 *
 * The pallet halves the candidates around a pivot. No sum of it ever rounds, so the order of the
 * candidates and the choice of the pivot do not show in the result, and the halving is done in place.
 * `below` is stake that lies under all candidates, `total` all stake including it.
 */
export function weightedMedian(
  { scores, stakes, from, to }: Candidates,
  minority: I32F32,
  below: I32F32,
  total: I32F32,
): I32F32 {
  let first = from;
  let end = to;
  let low = below;
  let high = total;
  while (end - first > 1) {
    const pivot = scores[(first + end) >>> 1] as number;
    let equal = first; // scores[first, equal) are lower, [equal, k) the same, [higher, end) higher
    let higher = end;
    let lowerStake = 0;
    let higherStake = 0;
    for (let k = first; k < higher; ) {
      const score = scores[k] as number;
      const stake = stakes[k] as number;
      if (score === pivot) {
        k++;
        continue;
      }
      let target: number;
      if (score < pivot) {
        lowerStake += stake;
        target = equal++;
      } else {
        higherStake += stake;
        target = --higher;
      }
      scores[k] = scores[target] as number;
      stakes[k] = stakes[target] as number;
      scores[target] = score;
      stakes[target] = stake;
      if (score < pivot) k++;
    }
    if (minority < low + lowerStake && equal > first) {
      end = equal;
      high = low + lowerStake;
    } else if (high - higherStake <= minority && higher < end) {
      first = higher;
      low = high - higherStake;
    } else {
      return pivot;
    }
  }
  return end > first ? (scores[first] as number) : 0;
}
