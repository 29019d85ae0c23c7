import { type Hex, toHex } from "@neurond/primitives";
import { blake2b } from "@noble/hashes/blake2.js";

/** Joins byte strings. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Substrate's hash of blocks, extrinsics and long signing payloads. */
export const blake2b256 = (bytes: Uint8Array): Uint8Array => blake2b(bytes, { dkLen: 32 });

/** Substrate's hash as hexadecimal text: the name of a block or extrinsic. */
export const hashOf = (bytes: Uint8Array): Hex => toHex(blake2b256(bytes));
