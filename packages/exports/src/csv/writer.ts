import { formatCsvTime, type Micros } from "../timestamp.ts";

const NEEDS_QUOTES = /[",\r\n]/;

/** One line with its end: minimal quoting, CRLF. Null is an empty cell, as in Python's writer. */
export function csvLine(cells: readonly (string | null)[]): string {
  // A line without any character would be no row for readers.
  if (cells.length === 1 && (cells[0] === null || cells[0] === "")) return '""\r\n';
  let line = "";
  for (let index = 0; index < cells.length; index += 1) {
    const cell = cells[index] ?? "";
    if (index > 0) line += ",";
    line += NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
  return `${line}\r\n`;
}

/** `True` or `False`. */
export function csvBoolean(value: boolean | null): string | null {
  return value === null ? null : value ? "True" : "False";
}

/** `YYYY-MM-DD HH:MM:SS[.ffffff]`, or empty. */
export function csvTime(value: Micros | null): string | null {
  return value === null ? null : formatCsvTime(value);
}

/** A float as Python's `repr` has it, or empty. */
export function csvFloat(value: number | null): string | null {
  return value === null ? null : formatFloat(value);
}

/** An integer, or empty. */
export function csvInteger(value: number | null): string | null {
  return value === null ? null : String(value);
}

/**
 * The shortest text of a double, in Python's spelling: `1.0`, `1e-05`, `1e+16`, `nan`, `inf`.
 * The digits are the same as ECMAScript's; only where the exponent begins differs.
 */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [mantissa = "", exponent = ""] = value.toExponential().split("e");
    return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
  }
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.includes(".") ? text : `${text}.0`;
}
