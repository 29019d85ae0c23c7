/** The plan by which the threshold is set. */
const [K, N] = [10, 24];

/**
 * Live shards at or below which a segment is repaired: as set for 10 of 24, and at the same share of
 * the way from k to n for other plans, never n itself. 16 of 24 leaves six to lose meanwhile.
 */
export function thresholdOf(k: number, n: number, of24: number): number {
  const share = (of24 - K) / (N - K);
  return Math.max(k, Math.min(n - 1, k + Math.ceil((n - k) * share)));
}
