/** Microseconds since 1970 in UTC: an integer, which a double holds exactly until the year 2255. */
export type Micros = number;

export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_HOUR = 3_600 * MICROS_PER_SECOND;
const MICROS_PER_DAY = 24 * MICROS_PER_HOUR;

const SHAPE =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * Reads a timestamp of an export: naive (which is UTC), with `Z`, or with an offset, which is
 * converted. Digits beyond microseconds are cut. Null when it is no date of the calendar.
 */
export function parseTimestamp(text: string): Micros | null {
  const [, year, month, day, hour, minute, second, fraction = "", zone] = SHAPE.exec(text) ?? [];
  if (year === undefined) return null;
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  if (h > 23 || m > 59 || s > 59) return null;
  const days = daysOf(Number(year), Number(month), Number(day));
  const offset = offsetMinutes(zone);
  if (days === null || offset === null) return null;
  const micros = Number(fraction.slice(0, 6).padEnd(6, "0"));
  return days * MICROS_PER_DAY + ((h * 60 + m - offset) * 60 + s) * MICROS_PER_SECOND + micros;
}

/** `2026-01-31 23:59:59[.000001]`, as CSV exports have it. */
export function formatCsvTime(time: Micros): string {
  return formatTime(time, " ");
}

/** `2026-01-31T23:59:59[.000001]`, as listings and reports have it. */
export function formatIsoTime(time: Micros): string {
  return formatTime(time, "T");
}

/** Start of the hour that ends at `end`. */
export function sliceStart(end: Micros): Micros {
  return end - MICROS_PER_HOUR;
}

/** Start of the clock hour that holds `time`. */
export function hourOf(time: Micros): Micros {
  return Math.floor(time / MICROS_PER_HOUR) * MICROS_PER_HOUR;
}

function formatTime(time: Micros, separator: string): string {
  const millis = Math.floor(time / 1_000);
  const iso = new Date(millis).toISOString();
  const micros = time - Math.floor(millis / 1_000) * MICROS_PER_SECOND;
  const fraction = micros === 0 ? "" : `.${String(micros).padStart(6, "0")}`;
  return `${iso.slice(0, 10)}${separator}${iso.slice(11, 19)}${fraction}`;
}

/** Days since 1970 of a date of the proleptic Gregorian calendar. */
function daysOf(year: number, month: number, day: number): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A day that the month does not have would run over into the next.
  if (month < 1 || month > 12 || date.getUTCDate() !== day) return null;
  return date.getTime() / 86_400_000;
}

function offsetMinutes(zone: string | undefined): number | null {
  if (zone === undefined || zone === "Z" || zone === "z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", "") || "0");
  if (hours > 15 || minutes > 59) return null;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}
