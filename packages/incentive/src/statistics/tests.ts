import { betaShare, gammaTail } from "./special.ts";

/** A test of counts against what was expected. Doubles: nothing is decided by their last digits. */
export interface ChiSquare {
  readonly statistic: number;
  readonly degrees: number;
  /** How likely a deviation as large is by chance; 1 without any freedom to deviate. */
  readonly pValue: number;
  /** Cohen's w: the size of the deviation, whatever the number of observations. */
  readonly effect: number;
}

/** The least expectation at which a cell is tested by itself (Cochran's rule). */
const MIN_EXPECTED = 5;

/** Probability of a chi-square statistic at least this large. */
export function chiSquareTail(statistic: number, degrees: number): number {
  return degrees <= 0 ? 1 : gammaTail(degrees / 2, statistic / 2);
}

/** Pearson's test; cells that expect fewer than five are tested as one. `constraints`: sums taken from the data. */
export function chiSquare(
  cells: readonly { readonly observed: number; readonly expected: number }[],
  constraints = 1,
): ChiSquare {
  const large = cells.filter(({ expected }) => expected >= MIN_EXPECTED);
  const rest = cells
    .filter(({ expected }) => expected < MIN_EXPECTED)
    .reduce(
      (sum, { observed, expected }) => ({
        observed: sum.observed + observed,
        expected: sum.expected + expected,
      }),
      { observed: 0, expected: 0 },
    );
  const tested = rest.expected >= MIN_EXPECTED ? [...large, rest] : large;
  const statistic = tested.reduce(
    (sum, { observed, expected }) => sum + (observed - expected) ** 2 / expected,
    0,
  );
  const degrees = Math.max(0, tested.length - constraints);
  const total = tested.reduce((sum, { observed }) => sum + observed, 0);
  return {
    statistic,
    degrees,
    pValue: chiSquareTail(statistic, degrees),
    effect: total > 0 ? Math.sqrt(statistic / total) : 0,
  };
}

/** Probability of `hits` or more of `trials` when each has chance `rate`. */
export function binomialTail(hits: number, trials: number, rate: number): number {
  if (hits <= 0) return 1;
  if (hits > trials) return 0;
  return betaShare(rate, hits, trials - hits + 1);
}

/** Probability of a standard normal value of at least `z`. */
export function normalTail(z: number): number {
  const half = gammaTail(0.5, (z * z) / 2) / 2;
  return z >= 0 ? half : 1 - half;
}
