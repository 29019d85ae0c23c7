import type { Micros } from "@neurond/exports";

/** A stretch of time that one report covers: from `startUs` to before `endUs`. */
export interface Slice {
  readonly startUs: Micros;
  readonly endUs: Micros;
}

/** How long slices are, and when one is over. */
export interface SliceRules {
  readonly lengthUs: number;
  /** So long after its end nothing is recorded any more that belongs to it. */
  readonly delayUs: number;
}

/** Older slices are listed nowhere, so nobody would fetch them. */
const OLDEST_US = 7 * 24 * 3_600_000_000;

/**
 * The slice that is due, if one is: the one after the last, or the one in which the record begins. Slices end
 * at multiples of their length and leave no gap, so hours that were missed are made up for one by one.
 */
export function dueSlice(
  lastEndUs: Micros | null,
  recordBeginUs: Micros | null,
  nowUs: Micros,
  { lengthUs, delayUs }: SliceRules,
): Slice | null {
  const startUs = lastEndUs ?? firstStart(recordBeginUs, nowUs, lengthUs);
  if (startUs === null) return null;
  const endUs = (Math.floor(startUs / lengthUs) + 1) * lengthUs;
  return nowUs >= endUs + delayUs ? { startUs, endUs } : null;
}

function firstStart(recordBeginUs: Micros | null, nowUs: Micros, lengthUs: number): Micros | null {
  if (recordBeginUs === null) return null;
  return Math.floor(Math.max(recordBeginUs, nowUs - OLDEST_US) / lengthUs) * lengthUs;
}
