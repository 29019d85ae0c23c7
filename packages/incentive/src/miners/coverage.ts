import { HOUR_US, type Micros, SECOND_US, type Span, WEEK_US } from "../time.ts";

/** How much of the week before a moment a reporter's slices cover. */
export interface Coverage {
  /** Seconds of the union within `[asOf - 7 d, asOf - 1 h)`, rounded down. */
  readonly coveredSeconds: number;
  /** Of 601200. */
  readonly expectedSeconds: number;
  /** In millionths, rounded down: a million only when nothing is missing. */
  readonly ratio: number;
  readonly isFull: boolean;
  readonly gaps: readonly Span[];
  /** What is covered more than once: a reporter that repeats an hour cannot make up for one it lacks. */
  readonly overlaps: readonly Span[];
  /** Sum of all slices that start in the last 169 hours, as auditors used to count. */
  readonly legacySeconds: number;
}

const EXPECTED: Micros = WEEK_US - HOUR_US;
const LEGACY_HOURS = 169;

/** Coverage by intervals. Slices may come in any order; an empty or reversed one covers nothing. */
export function coverageOf(slices: readonly Span[], asOf: Micros): Coverage {
  const frame = { start: asOf - WEEK_US, end: asOf - HOUR_US };
  const clipped = slices
    .map(({ start, end }) => ({
      start: Math.max(start, frame.start),
      end: Math.min(end, frame.end),
    }))
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const gaps: Span[] = [];
  const overlaps: Span[] = [];
  let covered = frame.start;
  for (const { start, end } of clipped) {
    if (start > covered) gaps.push({ start: covered, end: start });
    if (start < covered) addSpan(overlaps, { start, end: Math.min(end, covered) });
    covered = Math.max(covered, end);
  }
  if (covered < frame.end) gaps.push({ start: covered, end: frame.end });
  const present = EXPECTED - gaps.reduce((sum, { start, end }) => sum + end - start, 0);
  return {
    coveredSeconds: Math.floor(present / SECOND_US),
    expectedSeconds: EXPECTED / SECOND_US,
    ratio: Math.floor((present * 1_000_000) / EXPECTED),
    isFull: gaps.length === 0,
    gaps,
    overlaps,
    legacySeconds: legacySeconds(slices, asOf),
  };
}

/** The line that auditors have always printed; when something is missing it tells the union, not the sum. */
export function coverageLine(hotkey: string, coverage: Coverage): string {
  const { isFull, expectedSeconds, coveredSeconds } = coverage;
  return isFull
    ? `Miner ${hotkey} has full audit report coverage [${expectedSeconds} seconds]`
    : `Miner ${hotkey} is missing some audit report data: expecting ${expectedSeconds} seconds but have ${coveredSeconds}`;
}

/** Joins what touches, so that a stretch covered thrice is listed once. */
function addSpan(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last !== undefined && span.start <= last.end) {
    spans[spans.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
  } else {
    spans.push(span);
  }
}

function legacySeconds(slices: readonly Span[], asOf: Micros): number {
  return slices
    .filter(({ start }) => start >= asOf - LEGACY_HOURS * HOUR_US)
    .reduce((sum, { start, end }) => sum + Math.round((end - start) / SECOND_US), 0);
}
