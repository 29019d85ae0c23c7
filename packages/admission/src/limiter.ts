import type { Charges, Taken } from "./gcra.ts";

/**
 * Port: who has asked how often. One limiter serves all processes that share its memory.
 */
export interface RateLimiter {
  /**
   * Charges all buckets, or none where any of them is empty, atomically. `now` is in milliseconds, by a
   * clock that all who share the memory agree about; what they disagree by is what a caller may gain or
   * lose, once. Answers at once where it can. Rejects with a coded error when it cannot tell.
   */
  take(charges: Charges, now: number): Taken | Promise<Taken>;
}
