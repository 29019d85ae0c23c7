/** How unlikely and how large a deviation must be before it is remarkable. */
export interface SignificanceRules {
  /** For all tests of one kind together: it is divided by how many there are (Bonferroni). */
  readonly alpha: number;
  /** Least Cohen's w: with millions of requests everything is significant, and most of it nothing. */
  readonly minEffect: number;
  /** Least ratio of observed to expected. */
  readonly minRatio: number;
  /** Fewer trials than this say nothing. */
  readonly minTrials: number;
}

export const SIGNIFICANCE: SignificanceRules = {
  alpha: 0.001,
  minEffect: 0.1,
  minRatio: 1.25,
  minTrials: 20,
};

/** Whether one of `tests` tests stays unlikely after all of them are accounted for. */
export function isUnlikely(pValue: number, tests: number, { alpha }: SignificanceRules): boolean {
  return pValue * tests < alpha;
}
