import { ristretto255 } from "@noble/curves/ed25519.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { sr25519_verify } from "@polkadot-labs/schnorrkel-wasm";
import { verify } from "@scure/sr25519";
import type { Verify } from "./verify.ts";

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** The top bit of the scalar tells a schnorrkel signature from an ed25519 one. */
const SCHNORRKEL_MARKER = 2n ** 255n;
const GROUP_ORDER = ristretto255.Point.Fn.ORDER;

/** Public keys known to be points. Bounded: 4096 keys of 64 characters are about half a megabyte. */
const decodedKeys = new Set<string>();
const MAX_DECODED_KEYS = 4096;

/** Verifies sr25519 in the context `substrate`, in JavaScript only. */
export const verifySr25519: Verify = (publicKey, message, signature) =>
  isWellFormed(publicKey, signature) &&
  isPoint(signature.subarray(0, KEY_BYTES)) &&
  verify(message, signature, publicKey);

/**
 * Verifies sr25519 in the context `substrate` by schnorrkel as WebAssembly, about ten times faster.
 * The module panics on malformed input, which leaks its memory and prints a stack: everything
 * it would panic about is refused before.
 */
export const verifySr25519Fast: Verify = (publicKey, message, signature) =>
  isWellFormed(publicKey, signature) && sr25519_verify(publicKey, message, signature);

function isWellFormed(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  return isScalar(signature.subarray(KEY_BYTES)) && isPublicKey(publicKey);
}

/** The marked scalar s, which must be reduced, else one signature would have several spellings. */
function isScalar(bytes: Uint8Array): boolean {
  const scalar = BigInt(`0x${bytesToHex(bytes.toReversed())}`) - SCHNORRKEL_MARKER;
  return scalar > 0n && scalar < GROUP_ORDER;
}

/** Decoding a point costs as much as verifying in WebAssembly; daemons meet the same keys again. */
function isPublicKey(bytes: Uint8Array): boolean {
  const name = bytesToHex(bytes);
  if (decodedKeys.has(name)) return true;
  // The identity is a point, but its secret is known to everybody.
  if (bytes.every((byte) => byte === 0) || !isPoint(bytes)) return false;
  if (decodedKeys.size >= MAX_DECODED_KEYS) decodedKeys.clear();
  decodedKeys.add(name);
  return true;
}

function isPoint(bytes: Uint8Array): boolean {
  try {
    ristretto255.Point.fromBytes(bytes);
    return true;
  } catch {
    return false;
  }
}
