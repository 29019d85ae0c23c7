import type { Taken } from "@neurond/admission";

const seconds = (ms: number) => String(Math.max(1, Math.ceil(ms / 1000)));

/** What a caller that asked too often is told: how often it may, and when again. */
export function limitHeaders(taken: Taken): Readonly<Record<string, string>> {
  return {
    "Retry-After": seconds(taken.retryAfterMs),
    "RateLimit-Limit": String(taken.limit),
    "RateLimit-Remaining": String(taken.remaining),
    "RateLimit-Reset": seconds(taken.resetMs),
  };
}
