import { MICROS_PER_HOUR, type Micros } from "@neurond/exports";
import { hasReached, type TrackedEntry } from "@neurond/ingest";

/** Whether of every slice since the oldest that the validator lists a report is loaded: none is left out. */
export function isWhole(entries: readonly TrackedEntry[]): boolean {
  const own = entries.filter(({ reporter }) => reporter === "validator");
  const loaded = own.filter((entry) => hasReached(entry, "LOADED"));
  const starts = new Set(loaded.map(({ startTime }) => startTime));
  const ends = new Set(loaded.map(({ endTime }) => endTime));
  const first = Math.min(...starts);
  return own.every(
    ({ startTime }) => starts.has(startTime) && (startTime === first || ends.has(startTime)),
  );
}

const WEEK_HOURS = 168;

/** Whole hours that distinct slices of the week before a moment come to: slices may be parts of hours. */
export function hoursBefore(
  slices: readonly { readonly start: Micros; readonly end: Micros }[],
  asOf: Micros,
): number {
  const from = asOf - WEEK_HOURS * MICROS_PER_HOUR;
  const within = slices.filter(({ start, end }) => start >= from && end <= asOf);
  const lengths = new Map(within.map(({ start, end }) => [start, end - start]));
  return Math.floor(
    [...lengths.values()].reduce((sum, length) => sum + length, 0) / MICROS_PER_HOUR,
  );
}
