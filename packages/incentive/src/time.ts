/** A moment or a span in integer microseconds; moments count from 1970 in UTC and stay below 2^53. */
export type Micros = number;

export const SECOND_US: Micros = 1_000_000;
export const MINUTE_US: Micros = 60 * SECOND_US;
export const HOUR_US: Micros = 60 * MINUTE_US;
export const WEEK_US: Micros = 7 * 24 * HOUR_US;

/** A half-open stretch of time, `[start, end)`. */
export interface Span {
  readonly start: Micros;
  readonly end: Micros;
}

/** The seven days before a moment, which is what every rule scores. */
export function weekBefore(asOf: Micros): Span {
  return { start: asOf - WEEK_US, end: asOf };
}

/** How long two stretches are both going on. */
export function overlapOf(a: Span, b: Span): Micros {
  return Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
}
