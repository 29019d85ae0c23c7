import { type Literal, parseLiteral, writeLiteral } from "./literal.ts";

const NUMBERS = [
  "it",
  "ot",
  "ttft",
  "tps",
  "tokens",
  "sps",
  "ct",
  "steps",
  "masps",
  "maspt",
  "ptps",
  "otps",
  "nc",
] as const;

/** The numbers that an invocation's metrics may hold. */
export type MetricName = (typeof NUMBERS)[number];

/**
 * What the validator measured of one call. Absent: the key was not there; null: it was `None`, not
 * finite or no number. Keys that no rule reads are left out.
 */
export type Metrics = { readonly [Name in MetricName]?: number | null } & {
  /** Whether the call was billed privately. */
  readonly p?: boolean;
};

const MAX_CHARS = 64 << 10;

/** Reads the cell of a JSON column: real JSON or a Python literal. Null when it is empty or neither. */
export function readMetrics(cell: string): Metrics | null {
  if (cell === "" || cell.length > MAX_CHARS) return null;
  if (cell === "{}") return {};
  // Python quotes keys singly unless they hold an apostrophe, JSON doubly: one look saves an exception.
  const value = cell.startsWith("{'")
    ? (parseLiteral(cell) ?? parseJson(cell))
    : (parseJson(cell) ?? parseLiteral(cell));
  return isDict(value) ? pick(value) : null;
}

/** The cell of a JSON column in the form that upstream's reader understands. */
export function writeMetrics(metrics: Metrics): string {
  let text = "";
  for (const [key, value] of Object.entries(metrics)) {
    text += `${text === "" ? "" : ", "}'${key}': ${writeLiteral(value ?? null)}`;
  }
  return `{${text}}`;
}

function pick(dict: Readonly<Record<string, unknown>>): Metrics {
  const metrics: { [Name in MetricName]?: number | null } & { p?: boolean } = {};
  for (const name of NUMBERS) {
    const value = Object.hasOwn(dict, name) ? dict[name] : undefined;
    if (value !== undefined)
      metrics[name] = typeof value === "number" && Number.isFinite(value) ? value : null;
  }
  if (Object.hasOwn(dict, "p")) metrics.p = dict["p"] === true;
  return metrics;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isDict(value: unknown): value is Readonly<Record<string, Literal>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
