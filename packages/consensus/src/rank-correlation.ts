/**
 * Spearman's rank correlation with ties at their middle rank, in millionths from -1000000 to 1000000;
 * null below two pairs or when one side says the same of all. Sums are exact integers, and every
 * step after them is one that IEEE 754 rounds correctly: the figure is the same everywhere.
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number | null {
  if (a.length < 2 || a.length !== b.length) return null;
  const [ranksA, ranksB] = [deviations(a), deviations(b)];
  const [varianceA, varianceB] = [dot(ranksA, ranksA), dot(ranksB, ranksB)];
  if (varianceA === 0 || varianceB === 0) return null;
  const rho = dot(ranksA, ranksB) / Math.sqrt(varianceA * varianceB);
  return Math.floor(Math.max(-1, Math.min(1, rho)) * 1_000_000 + 0.5);
}

/** Twice the distance of each middle rank from the mean rank: integers. */
function deviations(values: readonly number[]): readonly number[] {
  const sorted = values.toSorted((x, y) => x - y);
  return values.map((value) => {
    const first = sorted.indexOf(value);
    const last = sorted.lastIndexOf(value);
    return first + last - (values.length - 1);
  });
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
