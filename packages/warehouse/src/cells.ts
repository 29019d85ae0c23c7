import type { JS } from "@duckdb/node-api";

/** One row of a result, by the names in its SQL. */
export type Cells = Readonly<Record<string, JS>>;

/** A text, or null. */
export function textOrNull(row: Cells, name: string): string | null {
  const value = row[name];
  return value === null || value === undefined ? null : String(value);
}

/** A text that cannot be null. */
export function text(row: Cells, name: string): string {
  return textOrNull(row, name) ?? absent(name);
}

/** A number that a double holds exactly, or null. */
export function numberOrNull(row: Cells, name: string): number | null {
  const value = row[name];
  if (typeof value === "number") return value;
  return typeof value === "bigint" ? Number(value) : null;
}

/** A number that cannot be null. */
export function number(row: Cells, name: string): number {
  return numberOrNull(row, name) ?? absent(name);
}

/** An integer of any size. */
export function integer(row: Cells, name: string): bigint {
  const value = row[name];
  if (typeof value === "bigint") return value;
  return typeof value === "number" ? BigInt(value) : absent(name);
}

/** A truth; null is false. */
export function truth(row: Cells, name: string): boolean {
  return row[name] === true;
}

function absent(name: string): never {
  throw new TypeError(`a result lacks ${name}`); // a fault of the SQL beside the caller
}
