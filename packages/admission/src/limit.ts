import { limitInvalid } from "./errors.ts";

const US_PER_MS = 1000;
/** Eleven days; with Unix microseconds still far below 2^53. */
const MAX_SPAN_US = 1_000_000_000_000;

/** How often something may happen: one more every `intervalUs`, and up to `burst` at once. */
export interface Limit {
  /** Microseconds, whole. */
  readonly intervalUs: number;
  /** Whole, at least 1. */
  readonly burst: number;
}

/** What a person says of a limit. */
export interface Rate {
  readonly requests: number;
  readonly perMs: number;
  /** At once; as many as in one period when not given. */
  readonly burst?: number;
}

/** A limit of `requests` per `perMs`; the interval is rounded up, so that it never allows more. */
export function limitOf({ requests, perMs, burst = requests }: Rate): Limit {
  for (const [name, value] of Object.entries({ requests, perMs, burst })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw limitInvalid(`${name} is ${value}: give a whole number from 1`);
    }
  }
  const intervalUs = Math.ceil((perMs * US_PER_MS) / requests);
  if (intervalUs * burst > MAX_SPAN_US) {
    throw limitInvalid(`a burst of ${burst} would take more than eleven days to come back`);
  }
  return { intervalUs, burst };
}
