import type { Limit } from "./limit.ts";

const US_PER_MS = 1000;
/** Clocks of processes that share a limiter differ by less; Epistula's window asks for far more. */
const MAX_SKEW_US = 60_000_000;

/** A limit and whose it is; the key names one bucket, whatever the limit is at the moment. */
export interface Charge {
  readonly key: string;
  readonly limit: Limit;
}

/** At least one charge; no key twice. */
export type Charges = readonly [Charge, ...Charge[]];

/** Whether a request may go on, and what `RateLimit-*` and `Retry-After` tell its sender. */
export interface Taken {
  readonly allowed: boolean;
  /** Index of the charge that decides: with the longest wait, else with the least left. */
  readonly tightest: number;
  /** Of the tightest charge: its burst, what is left of it, and when it is whole again. */
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
  /** A request after so many whole milliseconds passes, one earlier does not; 0 when allowed. */
  readonly retryAfterMs: number;
}

/** What a request finds, and what it leaves behind. */
export interface Settled {
  readonly taken: Taken;
  /** Theoretical arrival times after the request, in microseconds. */
  readonly tats: readonly number[];
}

/** Whole microseconds of milliseconds. */
export const toMicroseconds = (ms: number): number => Math.floor(ms * US_PER_MS);

/**
 * The generic cell rate algorithm (ITU-T I.371), for several buckets at once: all are charged or none.
 * A bucket's state is its theoretical arrival time in microseconds; 0, or any in the past, is a full
 * one. A time further ahead than a burst and a minute reaches comes of a clock that was put back, and
 * counts as an empty bucket, so that nobody stays shut out until the clock has caught up.
 */
export function settle(charges: Charges, before: readonly number[], nowUs: number): Settled {
  let waitUs = 0;
  let tightest = 0;
  for (let index = 0; index < charges.length; index += 1) {
    const wait = waitOf(charges[index] as Charge, before[index] ?? 0, nowUs);
    if (wait > waitUs) {
      waitUs = wait;
      tightest = index;
    }
  }
  if (waitUs > 0) {
    const { limit } = charges[tightest] as Charge;
    const tats = charges.map((charge, index) => startOf(charge.limit, before[index] ?? 0, nowUs));
    const resetUs = (tats[tightest] ?? 0) - nowUs;
    return { taken: describe(false, tightest, limit, waitUs, resetUs), tats };
  }
  const tats: number[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < charges.length; index += 1) {
    const { limit } = charges[index] as Charge;
    const tat = startOf(limit, before[index] ?? 0, nowUs) + limit.intervalUs;
    tats.push(tat);
    const left = leftOf(limit, tat - nowUs);
    if (left < least) {
      least = left;
      tightest = index;
    }
  }
  const { limit } = charges[tightest] as Charge;
  return { taken: describe(true, tightest, limit, 0, (tats[tightest] ?? 0) - nowUs), tats };
}

/** From when the next request counts. */
function startOf({ burst, intervalUs }: Limit, tatUs: number, nowUs: number): number {
  const emptyUs = nowUs + burst * intervalUs;
  return tatUs > emptyUs + MAX_SKEW_US ? emptyUs : Math.max(tatUs, nowUs);
}

/** How long the next request must wait. */
function waitOf({ limit }: Charge, tatUs: number, nowUs: number): number {
  return startOf(limit, tatUs, nowUs) - (limit.burst - 1) * limit.intervalUs - nowUs;
}

function leftOf({ burst, intervalUs }: Limit, aheadUs: number): number {
  return Math.floor((burst * intervalUs - aheadUs) / intervalUs);
}

function describe(
  allowed: boolean,
  tightest: number,
  limit: Limit,
  waitUs: number,
  resetUs: number,
): Taken {
  return {
    allowed,
    tightest,
    limit: limit.burst,
    remaining: allowed ? leftOf(limit, resetUs) : 0,
    resetMs: Math.ceil(resetUs / US_PER_MS),
    retryAfterMs: Math.ceil(waitUs / US_PER_MS),
  };
}
