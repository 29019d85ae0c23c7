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
  /** The signed receipt of a request through a proxy: its JSON in base64url. */
  readonly receipt?: string;
};

const MAX_CHARS = 64 << 10;

/** Reads the cell of a JSON column: real JSON or a Python literal. Null when it is empty or neither. */
export function readMetrics(cell: string): Metrics | null {
  if (cell === "" || cell.length > MAX_CHARS) return null;
  if (cell === "{}") return {};
  const flat = cell.startsWith("{'") ? readFlat(cell) : null;
  if (flat !== null) return flat;
  const value = cell.startsWith("{'")
    ? parseLiteral(cell)
    : (parseJson(cell) ?? parseLiteral(cell));
  return isDict(value) ? pick(value) : null;
}

type Draft = { [Name in MetricName]?: number | null } & { p?: boolean; receipt?: string };

const NAMES: ReadonlySet<string> = new Set(NUMBERS);
const isName = (key: string): key is MetricName => NAMES.has(key);

/**
 * The form that nearly every cell has: one level, plain keys, numbers and constants, spelled as `repr`
 * does. Null: look again. Exports have millions of them, and the parser of all literals takes its time.
 */
function readFlat(cell: string): Metrics | null {
  const metrics: Draft = {};
  const last = cell.length - 1;
  if (cell.charCodeAt(last) !== CLOSING) return null;
  for (let at = 1; at < last; ) {
    const keyEnd = cell.indexOf("': ", at + 1);
    if (keyEnd === -1 || cell.charCodeAt(at) !== APOSTROPHE) return null;
    const key = cell.slice(at + 1, keyEnd);
    const comma = cell.indexOf(", ", keyEnd);
    const end = comma === -1 ? last : comma;
    const value = constantOf(cell.slice(keyEnd + 3, end));
    if (value === undefined) return null;
    if (isName(key))
      metrics[key] = typeof value === "number" && Number.isFinite(value) ? value : null;
    else if (key === "p") metrics.p = value === true;
    else if (!/^\w+$/.test(key)) return null;
    at = end + 2;
  }
  return metrics;
}

const [APOSTROPHE, CLOSING] = [39, 125];

/** A number, `True`, `False`, `None` or `nan`; undefined for anything else. */
function constantOf(text: string): number | boolean | null | undefined {
  const code = text.charCodeAt(0);
  if ((code >= 48 && code <= 57) || code === 45) return isDecimal(text) ? Number(text) : undefined;
  if (text === "None" || text === "nan") return null;
  return text === "True" ? true : text === "False" ? false : undefined;
}

/** Whether only characters of decimal floats are there: the engine also reads hexadecimal and the like. */
function isDecimal(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isPlain =
      (code >= 48 && code <= 57) || code === 46 || code === 45 || code === 43 || code === 101;
    if (!isPlain) return false;
  }
  return !Number.isNaN(Number(text));
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
  const metrics: Draft = {};
  for (const name of NUMBERS) {
    const value = Object.hasOwn(dict, name) ? dict[name] : undefined;
    if (value !== undefined)
      metrics[name] = typeof value === "number" && Number.isFinite(value) ? value : null;
  }
  if (Object.hasOwn(dict, "p")) metrics.p = dict["p"] === true;
  const receipt = Object.hasOwn(dict, "receipt") ? dict["receipt"] : undefined;
  if (typeof receipt === "string") metrics.receipt = receipt;
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
