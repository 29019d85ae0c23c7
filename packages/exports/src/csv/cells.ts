import { exportsError } from "../errors.ts";
import { type Micros, parseTimestamp } from "../timestamp.ts";
import type { Cells } from "./reader.ts";

/** Reads cells of one row by column name. A column that the header lacks reads as empty. */
export class CellReader {
  readonly #places: ReadonlyMap<string, number>;

  constructor(header: Cells) {
    this.#places = new Map(header.map((name, index) => [name, index]));
  }

  /** Where a column stands, or -1. Look it up once per file, not once per row. */
  place(name: string): number {
    return this.#places.get(name) ?? -1;
  }

  /** @throws CodedError ROW_INVALID when the header lacks one of `names` */
  require(names: readonly string[]): void {
    const missing = names.filter((name) => !this.#places.has(name));
    if (missing.length > 0) throw rowError(missing.join(", "), "the header lacks it");
  }
}

/** The cell, or null when it is empty or absent. */
export function textAt(cells: Cells, place: number): string | null {
  const cell = cells[place];
  return cell === undefined || cell === "" ? null : cell;
}

/** A cell that must hold something. */
export function requiredText(cells: Cells, place: number, name: string): string {
  return textAt(cells, place) ?? fail(name, "it is empty");
}

/** A double. `nan` and `inf` are no numbers to calculate with: null. */
export function floatAt(cells: Cells, place: number, name: string): number | null {
  const cell = textAt(cells, place);
  if (cell === null) return null;
  const value = Number(cell);
  if (Number.isFinite(value)) return value;
  return /^[+-]?(?:nan|inf(?:inity)?)$/i.test(cell) ? null : fail(name, "it is no number");
}

/** A whole number. */
export function integerAt(cells: Cells, place: number, name: string): number | null {
  const value = floatAt(cells, place, name);
  if (value === null || Number.isSafeInteger(value)) return value;
  return fail(name, "it is no integer");
}

/** `True` or `False`, in any case, or `t`, `f`, `1`, `0`. */
export function booleanAt(cells: Cells, place: number, name: string): boolean | null {
  const cell = textAt(cells, place)?.toLowerCase();
  if (cell === undefined) return null;
  if (cell === "true" || cell === "t" || cell === "1") return true;
  if (cell === "false" || cell === "f" || cell === "0") return false;
  return fail(name, "it is no truth value");
}

/** A time. */
export function timeAt(cells: Cells, place: number, name: string): Micros | null {
  const cell = textAt(cells, place);
  return cell === null ? null : (parseTimestamp(cell) ?? fail(name, "it is no time"));
}

/** What a required column must not be. */
export function present<T>(value: T | null, name: string): T {
  return value ?? fail(name, "it is empty");
}

function fail(name: string, reason: string): never {
  throw rowError(name, reason);
}

function rowError(name: string, reason: string) {
  return exportsError("ROW_INVALID", `column ${name} cannot be read: ${reason}`, { column: name });
}
