import { argon2, randomBytes } from "node:crypto";
import { CodedError } from "@neurond/primitives";
import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import type { WalletCode } from "./errors.ts";

/** First bytes of the scheme every btwallet since the Rust rewrite writes. */
export const NACL_PREFIX = "$NACL";

const NONCE_BYTES = 24;
const MAC_BYTES = 16;
const HEADER_BYTES = NACL_PREFIX.length + NONCE_BYTES;

// btwallet uses one salt for everybody: equal passwords give equal keys, so only a long unique one protects.
const SALT = Uint8Array.from([
  0x13, 0x71, 0x83, 0xdf, 0xf1, 0x5a, 0x09, 0xbc, 0x9c, 0x90, 0xb5, 0x51, 0x87, 0x39, 0xe9, 0xb1,
]);
// libsodium's SENSITIVE limits for argon2i13; those of argon2id differ.
const PASSES = 8;
const MEMORY_KIB = 524_288;

/**
 * The secretbox key of a password: four seconds of one core, in a thread of its own, and 512 MiB.
 * @throws CodedError KDF_FAILED
 */
export function naclKey(password: string): Promise<Uint8Array> {
  const message = new TextEncoder().encode(password);
  const parameters = {
    message,
    nonce: SALT,
    parallelism: 1,
    tagLength: 32,
    memory: MEMORY_KIB,
    passes: PASSES,
  };
  return new Promise((resolve, reject) => {
    argon2("argon2i", parameters, (error, key) => {
      message.fill(0);
      if (error === null) return resolve(key);
      const text = "the key could not be derived; argon2i needs 512 MiB of free memory";
      reject(new CodedError<WalletCode>("KDF_FAILED", text, {}, { cause: error }));
    });
  });
}

/** Opens `"$NACL" ‖ nonce(24) ‖ mac(16) ‖ ciphertext`. */
export async function decryptNacl(file: Uint8Array, password: string): Promise<Uint8Array> {
  if (file.length <= HEADER_BYTES + MAC_BYTES) {
    throw new CodedError<WalletCode>("KEYFILE_CORRUPT", "the $NACL key file is cut short", {
      sizeBytes: file.length,
    });
  }
  const key = await naclKey(password);
  try {
    const box = xsalsa20poly1305(key, file.subarray(NACL_PREFIX.length, HEADER_BYTES));
    return box.decrypt(file.subarray(HEADER_BYTES));
  } catch {
    throw new CodedError<WalletCode>(
      "BAD_PASSWORD",
      "the password does not open the $NACL key file",
    );
  } finally {
    key.fill(0);
  }
}

/** Seals a key file the way btcli does. `nonce` is given only by tests that check published bytes. */
export async function encryptNacl(
  plain: Uint8Array,
  password: string,
  nonce: Uint8Array = randomBytes(NONCE_BYTES),
): Promise<Uint8Array> {
  const key = await naclKey(password);
  try {
    const sealed = xsalsa20poly1305(key, nonce).encrypt(plain);
    return Buffer.concat([Buffer.from(NACL_PREFIX), nonce, sealed]);
  } finally {
    key.fill(0);
  }
}
