import { normalize, ratio, sum } from "./fixed.ts";
import { type SparseMatrix, sizeOf } from "./sparse.ts";
import { weightedMedian } from "./weighted-median.ts";

/** The votes on one miner after another: column j occupies `start[j]` to `start[j + 1]`. */
interface Ballots {
  readonly start: Uint32Array;
  readonly scores: Float64Array;
  readonly stakes: Float64Array;
}

/**
 * Step 8: per miner the stake-weighted median of the weights it got, where `kappa` (u16) is the
 * stake that must support a weight. A voter without an entry for the miner votes 0.
 */
export function consensusOf(
  weights: SparseMatrix,
  activeStake: Float64Array,
  kappa: number,
): Float64Array {
  const voting = normalize(activeStake);
  const total = sum(voting);
  const minority = total - ratio(kappa, 65_535);
  const { start, scores, stakes } = collectBallots(weights, voting);
  const consensus = new Float64Array(sizeOf(weights));
  for (let j = 0; j < consensus.length; j++) {
    const from = start[j] as number;
    const to = start[j + 1] as number;
    let support = 0;
    for (let k = from; k < to; k++) support += stakes[k] as number;
    const against = total - support;
    // The votes of 0 are the lowest: unless the minority covers them, one of them is the median.
    if (from === to || (against > 0 && minority < against)) continue;
    consensus[j] = weightedMedian({ scores, stakes, from, to }, minority, against, total);
  }
  return consensus;
}

/** The votes above 0 of everyone with stake, by column. */
function collectBallots({ start, uids, values }: SparseMatrix, voting: Float64Array): Ballots {
  const n = voting.length;
  const end = new Uint32Array(n + 1);
  for (let i = 0; i < n; i++) {
    if (voting[i] === 0) continue;
    for (let k = start[i] as number; k < (start[i + 1] as number); k++) {
      const column = (uids[k] as number) + 1;
      if (values[k] !== 0) end[column] = (end[column] as number) + 1;
    }
  }
  for (let j = 0; j < n; j++) end[j + 1] = (end[j + 1] as number) + (end[j] as number);
  const next = end.slice();
  const scores = new Float64Array(end[n] as number);
  const stakes = new Float64Array(end[n] as number);
  for (let i = 0; i < n; i++) {
    const stake = voting[i] as number;
    if (stake === 0) continue;
    for (let k = start[i] as number; k < (start[i + 1] as number); k++) {
      if (values[k] === 0) continue;
      const column = uids[k] as number;
      const slot = next[column] as number;
      next[column] = slot + 1;
      scores[slot] = values[k] as number;
      stakes[slot] = stake;
    }
  }
  return { start: end, scores, stakes };
}
