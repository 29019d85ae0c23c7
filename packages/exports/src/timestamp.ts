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
  return parsePlain(text) ?? parseAny(text);
}

function parseAny(text: string): Micros | null {
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

const TWO_DIGITS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, "0"));
const two = (value: number): string => TWO_DIGITS[value] ?? "";
/** The day that was spelled last: rows come in order of time, and only a new day asks the calendar. */
let lastDay = { day: 0, text: "1970-01-01" };

function formatTime(time: Micros, separator: string): string {
  const day = Math.floor(time / MICROS_PER_DAY);
  if (lastDay.day !== day) {
    lastDay = { day, text: new Date(day * 86_400_000).toISOString().slice(0, 10) };
  }
  const inDay = time - day * MICROS_PER_DAY;
  const seconds = Math.floor(inDay / MICROS_PER_SECOND);
  const micros = inDay - seconds * MICROS_PER_SECOND;
  const [h, m] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const clock = `${two(h)}:${two(m)}:${two(seconds % 60)}`;
  const fraction = micros === 0 ? "" : `.${String(micros).padStart(6, "0")}`;
  return `${lastDay.text}${separator}${clock}${fraction}`;
}

const [DASH, COLON, DOT, SPACE, LETTER_T] = [45, 58, 46, 32, 84];

/** The form that nearly every cell has, without a zone; null: look again. Exports have millions of them. */
function parsePlain(text: string): Micros | null {
  const { length } = text;
  if (length !== 19 && length !== 26) return null;
  const between = text.charCodeAt(10);
  if (between !== SPACE && between !== LETTER_T) return null;
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return null;
  if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return null;
  if (length === 26 && text.charCodeAt(19) !== DOT) return null;
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)];
  const [h, m, s] = [digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19)];
  const micros = length === 26 ? digits(text, 20, 26) : 0;
  // NaN fails every comparison.
  if (!(year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= monthDays(year, month))) {
    return null;
  }
  if (!(h < 24 && m < 60 && s < 60 && micros >= 0)) return null;
  const days = civilDays(year, month, day);
  return days * MICROS_PER_DAY + ((h * 60 + m) * 60 + s) * MICROS_PER_SECOND + micros;
}

/** A decimal number without sign; NaN when a character is no digit. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function monthDays(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970 of a day that exists: years begin in March, so that the leap day is the last. */
function civilDays(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468
  );
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
