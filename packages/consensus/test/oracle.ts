import { NO_VOTE, weightedMedians } from "@neurond/consensus";

/** One validator's vote on one miner. */
export interface Vote {
  readonly score: number;
  readonly stake: bigint;
}

/** The definition, in big integers: the first score whose cumulative stake is at least half. */
export function medianByDefinition(votes: readonly Vote[]): number {
  const cast = votes
    .filter(({ score, stake }) => score !== NO_VOTE && stake > 0n)
    .sort((a, b) => a.score - b.score);
  const whole = cast.reduce((sum, { stake }) => sum + stake, 0n);
  let cumulative = 0n;
  for (const { score, stake } of cast) {
    cumulative += stake;
    if (2n * cumulative >= whole) return score;
  }
  return NO_VOTE;
}

/** The median of one miner as the product computes it. */
export function medianOf(votes: readonly Vote[]): number {
  const scores = Int32Array.from(votes, ({ score }) => score);
  const { medians } = weightedMedians(
    scores,
    votes.map(({ stake }) => stake),
  );
  return medians[0] ?? NO_VOTE;
}
