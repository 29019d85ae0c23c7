import {
  type BlockNumber,
  type Coldkey,
  type Hotkey,
  type Rao,
  toBlockNumber,
  toRao,
} from "@neurond/primitives";
import { chainError } from "../errors.ts";
import type { Variant } from "./decoder.ts";

// The metadata decides what a decoded value is; these say what a reader of it relies on, and refuse
// anything else with STATE_UNDECODABLE.

/** An integer that a number holds exactly, whatever its width on chain. */
export function asNumber(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw unexpected(value, "a number");
}

/** An integer of any width. */
export function asBigint(value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return BigInt(value);
  throw unexpected(value, "an integer");
}

/** A height. */
export function asBlockNumber(value: unknown): BlockNumber {
  return toBlockNumber(asNumber(value));
}

/** An amount of TAO or alpha. */
export function asRao(value: unknown): Rao {
  return toRao(asBigint(value));
}

/** A byte string. */
export function asBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw unexpected(value, "bytes");
}

/** A list or tuple. */
export function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw unexpected(value, "a list");
}

/** Named fields. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw unexpected(value, "a record");
}

/** One case of an enum. */
export function asVariant(value: unknown): Variant {
  const { kind, value: inner } = asRecord(value);
  if (typeof kind === "string") return { kind, value: inner };
  throw unexpected(value, "a variant");
}

/** The decoder made it from 32 bytes, so it needs no second check. */
export function asHotkey(value: unknown): Hotkey {
  if (typeof value === "string") return value as Hotkey;
  throw unexpected(value, "an account");
}

/** The decoder made it from 32 bytes, so it needs no second check. */
export function asColdkey(value: unknown): Coldkey {
  if (typeof value === "string") return value as Coldkey;
  throw unexpected(value, "an account");
}

/** A byte string that holds UTF-8. */
export function asText(value: unknown): string {
  return new TextDecoder().decode(asBytes(value));
}

function unexpected(value: unknown, wanted: string): Error {
  const found = value === null ? "null" : typeof value;
  return chainError("STATE_UNDECODABLE", `expected ${wanted} in state, found ${found}`, { wanted });
}
