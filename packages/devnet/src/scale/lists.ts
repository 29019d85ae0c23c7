import type { Hex } from "@neurond/primitives";
import { compact, createCodec } from "scale-ts";
import { tuple, vec } from "./compose.ts";
import { accountId } from "./known.ts";
import { compactU16, compactU64 } from "./primitives.ts";
import { defineType, type Type } from "./type.ts";

// A metagraph has two dozen lists of thousands of entries. The general codec makes an array of each
// entry and joins them; these write all entries of a list into one.

const ACCOUNT = 32;
const LONGEST_COMPACT = 9;
const FOUR_BYTES = 1n << 30n;

/** Writes one entry at an offset and answers with the offset behind it. */
export type Write<T> = (out: Buffer, value: T, at: number) => number;

/** The list type with a faster encoder; decoding and description stay those of `vec(of)`. */
export function listOf<T>(of: Type<T>, longest: number, write: Write<T>): Type<T[]> {
  const general = vec(of);
  const codec = createCodec<T[]>((values) => {
    const length = compact.enc(values.length);
    const out = Buffer.allocUnsafeSlow(length.length + values.length * longest);
    out.set(length);
    let end = length.length;
    for (const value of values) end = write(out, value, end);
    return new Uint8Array(out.buffer, 0, end);
  }, general.codec.dec);
  return defineType(codec, () => general.describe().shape);
}

const writeAccount: Write<Hex> = (out, account, at) => at + out.write(account.slice(2), at, "hex");

const writeCompact: Write<bigint> = (out, value, at) => {
  if (value < FOUR_BYTES) return writeSmall(out, Number(value), at);
  const bytes = Math.max(4, Math.ceil(value.toString(16).length / 2));
  out.writeUInt8(((bytes - 4) << 2) | 3, at);
  for (let i = 0; i < bytes; i += 1) {
    out.writeUInt8(Number((value >> BigInt(8 * i)) & 0xffn), at + 1 + i);
  }
  return at + 1 + bytes;
};

const writeSmall: Write<number> = (out, value, at) => {
  if (value < 1 << 6) return out.writeUInt8(value << 2, at);
  if (value < 1 << 14) return out.writeUInt16LE((value << 2) | 1, at);
  return out.writeUInt32LE(value * 4 + 2, at);
};

/** `Vec<AccountId>`. */
export const accounts = listOf(accountId, ACCOUNT, writeAccount);
/** `Vec<Compact<u16>>`. */
export const compactU16s = listOf(compactU16, LONGEST_COMPACT, writeSmall);
/** `Vec<Compact<u64>>`. */
export const compactU64s = listOf(compactU64, LONGEST_COMPACT, writeCompact);
/** `Vec<(AccountId, Compact<u64>)>`. */
export const accountAmounts = listOf(
  tuple(accountId, compactU64),
  ACCOUNT + LONGEST_COMPACT,
  (out, [account, amount], at) => writeCompact(out, amount, writeAccount(out, account, at)),
);
