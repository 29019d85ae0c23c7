import { CodedError } from "@neurond/primitives";
import { gcm } from "@noble/ciphers/aes.js";
import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { bytesToUtf8 } from "@noble/ciphers/utils.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import type { StorageCode } from "../errors.ts";

const NONCE_BYTES = 16;
const TAG_BYTES = 16;
const BOX_NONCE_BYTES = 24;

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
const Payload = z.strictObject({
  nonce: hex(BOX_NONCE_BYTES),
  ciphertext: z.string().regex(/^([0-9a-f]{2})+$/),
});
const Keys = z.strictObject({ aes_key: hex(32), nonce: hex(NONCE_BYTES), tag: hex(TAG_BYTES) });

/** What the field's clients send for a file they did not encrypt. */
export const FILETAO_PLAIN = "{}";

/** A file as the field's clients send it: bytes, and beside them the text that opens them. */
export interface FiletaoFile {
  readonly ciphertext: Uint8Array;
  readonly payload: string;
}

/** The random parts of a `FiletaoFile`: 32, 16 and 24 bytes, none ever used twice. */
export interface FiletaoRandom {
  readonly aesKey: Uint8Array;
  readonly nonce: Uint8Array;
  readonly boxNonce: Uint8Array;
}

/** Encrypts a file in memory as the field's clients do: AES-256-GCM, its key in a secretbox. */
export function sealFiletao(
  plain: Uint8Array,
  key: Uint8Array,
  { aesKey, nonce, boxNonce }: FiletaoRandom,
): FiletaoFile {
  if (nonce.length !== NONCE_BYTES || boxNonce.length !== BOX_NONCE_BYTES) {
    throw new CodedError<StorageCode>("KEY_INVALID", "nonces have 16 and 24 bytes");
  }
  const sealed = gcm(aesKey, nonce).encrypt(plain);
  const [ciphertext, tag] = [sealed.slice(0, -TAG_BYTES), sealed.slice(-TAG_BYTES)];
  const [aes, at, mac] = [aesKey, nonce, tag].map((bytes) => bytesToHex(bytes));
  // The spaces are Python's; what is boxed are these very bytes.
  const keys = `{"aes_key": "${aes}", "nonce": "${at}", "tag": "${mac}"}`;
  const box = xsalsa20poly1305(key, boxNonce).encrypt(utf8ToBytes(keys));
  const payload = `{"nonce": "${bytesToHex(boxNonce)}", "ciphertext": "${bytesToHex(box)}"}`;
  return { ciphertext, payload };
}

/**
 * Decrypts a file that one of the field's clients encrypted, or hands back one that it did not.
 * @throws CodedError KEY_INVALID when the payload does not open with this key, CIPHERTEXT_INVALID when
 * the bytes are not those it was made for
 */
export function openFiletao({ ciphertext, payload }: FiletaoFile, key: Uint8Array): Uint8Array {
  if (payload === FILETAO_PLAIN || payload === "") return ciphertext;
  const { aes_key, nonce, tag } = openPayload(payload, key);
  try {
    const sealed = concatBytes(ciphertext, hexToBytes(tag));
    return gcm(hexToBytes(aes_key), hexToBytes(nonce)).decrypt(sealed);
  } catch {
    throw new CodedError<StorageCode>(
      "CIPHERTEXT_INVALID",
      "the file cannot be decrypted: its bytes are not those its payload was made for",
    );
  }
}

function openPayload(payload: string, key: Uint8Array): z.infer<typeof Keys> {
  try {
    const { nonce, ciphertext } = Payload.parse(JSON.parse(payload));
    const plain = xsalsa20poly1305(key, hexToBytes(nonce)).decrypt(hexToBytes(ciphertext));
    return Keys.parse(JSON.parse(bytesToUtf8(plain)));
  } catch {
    // The cause may quote what was opened.
    throw new CodedError<StorageCode>(
      "KEY_INVALID",
      "the payload of this file does not open: use the coldkey that stored it",
    );
  }
}
