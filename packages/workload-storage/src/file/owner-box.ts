import { CodedError, canonicalJson } from "@neurond/primitives";
import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { bytesToUtf8 } from "@noble/ciphers/utils.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import type { StorageCode } from "../errors.ts";
import { field } from "../fields.ts";

const NONCE_BYTES = 24;
const MAX_NAME = 4096;

/** What only the owner of a file may know. */
export const OwnerSecrets = z.strictObject({
  /** Key of the file's records. */
  data_key: field.hash,
  /** Of the records' nonces; also the file's header, which a range would have to fetch. */
  nonce_prefix: field.noncePrefix,
  /** Secret from which every copy's seal key derives; sharing a file never hands it out. */
  seal_secret: field.hash,
  name: z.string().max(MAX_NAME),
  /** Bytes before encryption. */
  size: field.count,
  /** SHA-256 of the file before encryption. */
  sha256: field.hash,
});
export type OwnerSecrets = z.infer<typeof OwnerSecrets>;

/** The key under which an owner's secrets are boxed: HKDF-SHA-256 of the coldkey's 64-byte secret. */
export function ownerKey(coldkeySecret: Uint8Array): Uint8Array {
  return hkdf(sha256, coldkeySecret, undefined, utf8ToBytes("filetao/kek/v2"), 32);
}

/** Boxes bytes (NaCl secretbox, nonce first); `nonce` is 24 random bytes, never used twice. */
export function boxBytes(plain: Uint8Array, key: Uint8Array, nonce: Uint8Array): Uint8Array {
  if (nonce.length !== NONCE_BYTES) {
    throw new CodedError<StorageCode>("KEY_INVALID", `a box needs a nonce of ${NONCE_BYTES} bytes`);
  }
  return concatBytes(nonce, xsalsa20poly1305(key, nonce).encrypt(plain));
}

/**
 * Opens what `boxBytes` made.
 * @throws CodedError KEY_INVALID when the key is another's or the box was changed
 */
export function openBox(box: Uint8Array, key: Uint8Array): Uint8Array {
  try {
    const [nonce, sealed] = [box.subarray(0, NONCE_BYTES), box.subarray(NONCE_BYTES)];
    return xsalsa20poly1305(key, nonce).decrypt(sealed);
  } catch {
    throw wrongKey();
  }
}

/** Boxes a file's secrets; see `boxBytes`. */
export function boxSecrets(secrets: OwnerSecrets, key: Uint8Array, nonce: Uint8Array): Uint8Array {
  return boxBytes(utf8ToBytes(canonicalJson(secrets)), key, nonce);
}

/**
 * Opens a box of secrets.
 * @throws CodedError KEY_INVALID when the key is another's or the box was changed
 */
export function openSecrets(box: Uint8Array, key: Uint8Array): OwnerSecrets {
  const plain = openBox(box, key);
  try {
    return OwnerSecrets.parse(JSON.parse(bytesToUtf8(plain)));
  } catch {
    // The cause may quote what was opened.
    throw wrongKey();
  }
}

function wrongKey(): CodedError<StorageCode> {
  return new CodedError(
    "KEY_INVALID",
    "the file's secrets do not open with this key: use the coldkey that stored it",
  );
}
