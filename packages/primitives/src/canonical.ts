import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { CodedError, type PrimitivesCode } from "./errors.ts";

/** Ends cycles and hostile nesting with a coded error long before the stack does. */
const MAX_DEPTH = 256;

/**
 * The one JSON text of a value: RFC 8785 restricted to integers, widened by bigint.
 * Keys ascend by UTF-16 code unit, no whitespace, minimal escapes. Refused: fractions, integers a
 * double cannot hold exactly, `undefined`, lone surrogates, and objects that are not plain.
 */
export function canonicalJson(value: unknown): string {
  return write(value, "$", 0);
}

/** SHA-256 of the UTF-8 domain, a newline, and the parts as they are; strings as UTF-8. */
export function domainHash(domain: string, ...parts: readonly (Uint8Array | string)[]): Uint8Array {
  if (domain.includes("\n")) throw invalid("a domain must be one line");
  const bytes = parts.map((part) => (typeof part === "string" ? toUtf8(part) : part));
  return sha256(concatBytes(toUtf8(`${domain}\n`), ...bytes));
}

function write(value: unknown, path: string, depth: number): string {
  if (depth > MAX_DEPTH)
    throw invalid(`value nests deeper than ${MAX_DEPTH} levels, or is a cycle`);
  if (value === null || typeof value === "boolean" || typeof value === "bigint") {
    return String(value);
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw invalid(`${path} is not a safe integer`);
    return String(value);
  }
  if (typeof value === "string") return writeString(value, path);
  if (Array.isArray(value)) {
    const items = Array.from(value, (item, index) => write(item, `${path}[${index}]`, depth + 1));
    return `[${items.join(",")}]`;
  }
  if (isPlainObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${writeString(key, path)}:${write(value[key], `${path}.${key}`, depth + 1)}`);
    return `{${members.join(",")}}`;
  }
  throw invalid(`${path} is neither a plain object, an array, a string, an integer, nor null`);
}

/** `JSON.stringify` escapes exactly what RFC 8785 section 3.2.2.2 asks for, once surrogates are paired. */
function writeString(text: string, path: string): string {
  if (!text.isWellFormed()) throw invalid(`${path} holds a lone surrogate`);
  return JSON.stringify(text);
}

function toUtf8(text: string): Uint8Array {
  // A lone surrogate would become U+FFFD, and two different texts one hash.
  if (!text.isWellFormed()) throw invalid("text holds a lone surrogate");
  return utf8ToBytes(text);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function invalid(reason: string): CodedError<PrimitivesCode> {
  return new CodedError("CANONICAL_INVALID", `no canonical form: ${reason}`);
}
