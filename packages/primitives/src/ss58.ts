import { blake2b } from "@noble/hashes/blake2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { base58 } from "@scure/base";
import { CodedError, type PrimitivesCode } from "./errors.ts";

const CHECKSUM_CONTEXT = utf8ToBytes("SS58PRE");
const CHECKSUM_BYTES = 2;
const KEY_BYTES = 32;
/** 32 bytes of key, 2 of prefix and 2 of checksum; longer text is not worth decoding. */
const MAX_TEXT_LENGTH = 50;

/** Network prefix of Bittensor and of Substrate chains in general. */
export const SS58_PREFIX = 42;

/** Writes a 32-byte public key as ss58 text. */
export function encodeSs58(publicKey: Uint8Array, prefix: number = SS58_PREFIX): string {
  if (publicKey.length !== KEY_BYTES) {
    throw invalid(`public key has ${publicKey.length} bytes: give ${KEY_BYTES}`);
  }
  const payload = concatBytes(prefixBytes(prefix), publicKey);
  return base58.encode(concatBytes(payload, checksum(payload)));
}

/** Reads the 32-byte public key out of ss58 text; a checksum or network prefix that differs is refused. */
export function decodeSs58(text: string, prefix: number = SS58_PREFIX): Uint8Array {
  const expected = prefixBytes(prefix);
  const bytes = decodeBase58(text);
  if (bytes.length !== expected.length + KEY_BYTES + CHECKSUM_BYTES) {
    throw invalid(`"${shorten(text)}" is not the ss58 text of a 32-byte key with prefix ${prefix}`);
  }
  const payload = bytes.subarray(0, -CHECKSUM_BYTES);
  if (!startsWith(checksum(payload), bytes.subarray(-CHECKSUM_BYTES))) {
    throw invalid(`"${shorten(text)}" has a wrong checksum: check it for a typing error`);
  }
  if (!startsWith(payload, expected)) {
    throw invalid(`"${shorten(text)}" belongs to another network: expected prefix ${prefix}`);
  }
  return payload.slice(expected.length);
}

/** One byte below 64, else two bytes with the bits shuffled as the ss58 registry prescribes. */
function prefixBytes(prefix: number): Uint8Array {
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > 16_383) {
    throw invalid(`ss58 prefix ${prefix} is out of range: give 0 to 16383`);
  }
  if (prefix < 64) return Uint8Array.of(prefix);
  return Uint8Array.of(((prefix & 0xfc) >> 2) | 0x40, (prefix >> 8) | ((prefix & 0x03) << 6));
}

function checksum(payload: Uint8Array): Uint8Array {
  return blake2b(concatBytes(CHECKSUM_CONTEXT, payload)).subarray(0, CHECKSUM_BYTES);
}

function decodeBase58(text: string): Uint8Array {
  // Base58 decoding is quadratic in the length: hostile text is refused before it.
  if (text.length > MAX_TEXT_LENGTH) throw invalid(`ss58 text of ${text.length} characters`);
  try {
    return base58.decode(text);
  } catch (cause) {
    throw invalid(`"${shorten(text)}" is not base58`, cause);
  }
}

function startsWith(bytes: Uint8Array, head: Uint8Array): boolean {
  return head.every((byte, index) => bytes[index] === byte);
}

/** An address is public, yet a secret pasted in its place must not travel into a log. */
function shorten(text: string): string {
  return text.length <= 8 ? text : `${text.slice(0, 6)}…`;
}

function invalid(message: string, cause?: unknown): CodedError<PrimitivesCode> {
  return new CodedError("SS58_INVALID", message, {}, { cause });
}
