import { formatFloat } from "./csv/writer.ts";

/** What a Python literal can hold here. */
export type Literal =
  | null
  | boolean
  | number
  | string
  | readonly Literal[]
  | { readonly [key: string]: Literal };

const MAX_CHARS = 64 << 10;
const MAX_DEPTH = 16;

/**
 * Reads the text of a Python dict, list, string, number, `True`, `False`, `None`, `nan` or `inf`, as
 * `repr` writes it. Undefined when it is anything else, longer than 64 Ki or nested deeper than 16.
 */
export function parseLiteral(text: string): Literal | undefined {
  if (text.length > MAX_CHARS) return undefined;
  const scanner = new Scanner(text);
  try {
    const value = scanner.value(0);
    scanner.finish();
    return value;
  } catch (error) {
    if (error instanceof NotLiteral) return undefined;
    throw error;
  }
}

/** Whole numbers come out as integers, others as `repr` has them; strings in ASCII with escapes. */
export function writeLiteral(value: Literal): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && !Object.is(value, -0)
      ? String(value)
      : formatFloat(value);
  }
  if (typeof value === "string") return quote(value);
  if (isList(value)) return `[${value.map(writeLiteral).join(", ")}]`;
  const members = Object.entries(value).map(
    ([key, item]) => `${quote(key)}: ${writeLiteral(item)}`,
  );
  return `{${members.join(", ")}}`;
}

const isList = (value: Literal): value is readonly Literal[] => Array.isArray(value);

function quote(text: string): string {
  return /^[\w .:/-]*$/.test(text)
    ? `'${text}'`
    : `'${text.replace(/['\\]|[^\x20-\x7e]/gu, escapeLetter)}'`;
}

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeLetter(letter: string): string {
  if (letter === "'" || letter === "\\") return `\\${letter}`;
  const short = SHORT[letter];
  if (short !== undefined) return short;
  const code = letter.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x1_0000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}

class NotLiteral extends Error {}

const WORDS: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ["True", true],
  ["False", false],
  ["None", null],
  ["nan", Number.NaN],
  ["inf", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
  ["-nan", Number.NaN],
]);
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const WIDTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "0": "\0",
};

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Literal {
    if (depth > MAX_DEPTH) throw new NotLiteral();
    const next = this.#peek();
    if (next === "{") return this.#dict(depth);
    if (next === "[") return this.#list("]", depth);
    if (next === "(") return this.#list(")", depth);
    if (next === "'" || next === '"') return this.#string();
    return this.#word();
  }

  finish(): void {
    if (this.#peek() !== "") throw new NotLiteral();
  }

  #peek(): string {
    const text = this.#text;
    let at = this.#at;
    while (at < text.length && text.charCodeAt(at) <= 32) at += 1;
    this.#at = at;
    return text.charAt(at);
  }

  #skip(letter: string): boolean {
    if (this.#peek() !== letter) return false;
    this.#at += 1;
    return true;
  }

  #dict(depth: number): Literal {
    const members: Record<string, Literal> = {};
    this.#at += 1;
    while (!this.#skip("}")) {
      const key = this.value(depth + 1);
      if (typeof key !== "string" || !this.#skip(":")) throw new NotLiteral();
      const value = this.value(depth + 1);
      if (key === "__proto__") define(members, key, value);
      else members[key] = value;
      if (!this.#skip(",") && this.#peek() !== "}") throw new NotLiteral();
    }
    return members;
  }

  #list(end: string, depth: number): Literal {
    const items: Literal[] = [];
    this.#at += 1;
    while (!this.#skip(end)) {
      items.push(this.value(depth + 1));
      if (!this.#skip(",") && this.#peek() !== end) throw new NotLiteral();
    }
    return items;
  }

  #string(): string {
    const quoteMark = this.#text.charAt(this.#at);
    let start = this.#at + 1;
    const plainEnd = this.#text.indexOf(quoteMark, start);
    if (plainEnd !== -1 && plainEnd - start < 32) {
      const plain = this.#text.slice(start, plainEnd);
      if (!plain.includes("\\")) {
        this.#at = plainEnd + 1;
        return plain;
      }
    }
    let out = "";
    for (let at = start; at < this.#text.length; at += 1) {
      const letter = this.#text.charAt(at);
      if (letter === quoteMark) {
        this.#at = at + 1;
        return out + this.#text.slice(start, at);
      }
      if (letter !== "\\") continue;
      out += this.#text.slice(start, at);
      const kind = this.#text.charAt(at + 1);
      const width = WIDTHS[kind] ?? 0;
      out +=
        width === 0
          ? plainEscape(kind)
          : codePoint(this.#text.slice(at + 2, at + 2 + width), width);
      at += 1 + width;
      start = at + 1;
    }
    throw new NotLiteral();
  }

  #word(): Literal {
    const start = this.#at;
    while (this.#at < this.#text.length && isOfWord(this.#text.charCodeAt(this.#at))) this.#at += 1;
    const word = this.#text.slice(start, this.#at);
    const known = WORDS.get(word);
    if (known !== undefined) return known;
    if (!NUMBER.test(word)) throw new NotLiteral();
    return Number(word);
  }
}

/** Letters, digits, `_`, `.`, `+` and `-`. */
function isOfWord(code: number): boolean {
  if (code >= 97) return code <= 122;
  if (code >= 65) return code <= 90 || code === 95;
  return (code >= 48 && code <= 57) || code === 46 || code === 45 || code === 43;
}

/** Assignment would make another prototype of it. */
function define(target: Record<string, Literal>, key: string, value: Literal): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function plainEscape(kind: string): string {
  const meaning = ESCAPES[kind];
  if (meaning === undefined) throw new NotLiteral();
  return meaning;
}

function codePoint(digits: string, width: number): string {
  const code = Number.parseInt(digits, 16);
  if (digits.length !== width || !/^[0-9a-f]+$/i.test(digits) || code > 0x10_ffff)
    throw new NotLiteral();
  return String.fromCodePoint(code);
}
