/** Bounds of the pause between attempts to connect. */
export interface Backoff {
  readonly first: number;
  readonly longest: number;
}

/**
 * Pause before attempt `failures` (1 = after the first failure): doubles up to the longest, half
 * of it random, so that a fleet does not return to a restarted node in one wave.
 */
export function backoffMs(
  { first, longest }: Backoff,
  failures: number,
  random: () => number = Math.random,
): number {
  const whole = Math.min(longest, first * 2 ** Math.min(failures - 1, 30));
  return Math.round(whole / 2 + (whole / 2) * random());
}
