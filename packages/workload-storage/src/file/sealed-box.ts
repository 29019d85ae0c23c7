import { CodedError } from "@neurond/primitives";
import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { StorageCode } from "../errors.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 24;
const WORDS = KEY_BYTES / 4;
/** The constant of Salsa20, as four words. */
const SIGMA = wordsOf(utf8ToBytes("expand 32-byte k"));

/**
 * Encrypts for whoever has the X25519 secret of `publicKey`: libsodium's `crypto_box_seal`, that is the
 * ephemeral public key, then the box. `ephemeral` is 32 random bytes, never used twice.
 */
export function sealFor(
  publicKey: Uint8Array,
  plain: Uint8Array,
  ephemeral: Uint8Array,
): Uint8Array {
  requireKey(publicKey);
  requireKey(ephemeral);
  const from = x25519.getPublicKey(ephemeral);
  const key = boxKey(ephemeral, publicKey);
  return concatBytes(from, xsalsa20poly1305(key, nonceOf(from, publicKey)).encrypt(plain));
}

/**
 * Opens what `sealFor` made.
 * @throws CodedError KEY_INVALID when the secret is another's or the box was changed
 */
export function openSealed(box: Uint8Array, secret: Uint8Array): Uint8Array {
  requireKey(secret);
  try {
    const [from, sealed] = [box.subarray(0, KEY_BYTES), box.subarray(KEY_BYTES)];
    const nonce = nonceOf(from, x25519.getPublicKey(secret));
    return xsalsa20poly1305(boxKey(secret, from), nonce).decrypt(sealed);
  } catch {
    throw new CodedError<StorageCode>("KEY_INVALID", "the box does not open with this key");
  }
}

/** The key two parties share: HSalsa20 of what X25519 gives, as in NaCl. Throws for weak points. */
export function boxKey(secret: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const out = new Uint32Array(WORDS);
  const shared = wordsOf(x25519.getSharedSecret(secret, publicKey));
  hsalsa(SIGMA, shared, new Uint32Array(4), out);
  const bytes = new Uint8Array(KEY_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [at, word] of out.entries()) view.setUint32(4 * at, word, true);
  return bytes;
}

function nonceOf(from: Uint8Array, to: Uint8Array): Uint8Array {
  return blake2b(concatBytes(from, to), { dkLen: NONCE_BYTES });
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, at) => view.getUint32(4 * at, true));
}

function requireKey(bytes: Uint8Array): void {
  if (bytes.length === KEY_BYTES) return;
  throw new CodedError<StorageCode>("KEY_INVALID", `an X25519 key has ${KEY_BYTES} bytes`);
}
