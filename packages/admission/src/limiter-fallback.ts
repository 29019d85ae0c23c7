import { Outage, type OutageOptions } from "@neurond/epistula";
import type { Charges, Taken } from "./gcra.ts";
import type { RateLimiter } from "./limiter.ts";

/** Two limiters, and who hears when the shared one is out. */
export interface LimiterFallbackOptions extends OutageOptions {
  /** Shared by all processes. */
  readonly primary: RateLimiter;
  /** In the memory of this one. */
  readonly local: RateLimiter;
}

/**
 * A limiter that outlives an outage of the shared one. Meanwhile each process counts for itself, from
 * full buckets: with n processes a caller may get n times its limit, never more.
 */
export function limiterWithFallback(options: LimiterFallbackOptions): RateLimiter {
  const { primary, local, onDegraded, retryMs } = options;
  const outage = new Outage({ onDegraded, ...(retryMs !== undefined && { retryMs }) });
  const ask = async (charges: Charges, now: number): Promise<Taken> => {
    try {
      const taken = await primary.take(charges, now);
      outage.answered();
      return taken;
    } catch (cause) {
      outage.failed(cause, now);
      return local.take(charges, now);
    }
  };
  return {
    take: (charges, now) => (outage.avoids(now) ? local.take(charges, now) : ask(charges, now)),
  };
}
