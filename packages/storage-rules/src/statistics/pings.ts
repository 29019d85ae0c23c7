/** Failed pings in a row after which a miner counts as down, in excess of (`--neuron.max_failed_pings`). */
export const MAX_FAILED_PINGS = 10;

/** What a ping changes. */
export interface PingOutcome {
  /** Failures in a row, to be kept for the next ping. */
  readonly failures: number;
  /** The miner is declared down now; its count starts anew. */
  readonly isDown: boolean;
}

/** Counts failures in a row: one answer clears them, and one too many declares the miner down. */
export function countPing(
  failures: number,
  isAnswered: boolean,
  maxFailed = MAX_FAILED_PINGS,
): PingOutcome {
  if (isAnswered) return { failures: 0, isDown: false };
  const isDown = failures + 1 > maxFailed;
  return { failures: isDown ? 0 : failures + 1, isDown };
}
