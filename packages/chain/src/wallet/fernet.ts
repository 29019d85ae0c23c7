import { createDecipheriv, createHmac, pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { CodedError } from "@neurond/primitives";
import type { WalletCode } from "./errors.ts";

/** First characters of every Fernet token (version 0x80 and a time before the year 4000). */
export const FERNET_PREFIX = "gAAAAA";

const SALT = "Iguesscyborgslikemyselfhaveatendencytobeparanoidaboutourorigins";
const ROUNDS = 10_000_000;
const IV_OFFSET = 9; // version(1) ‖ time(8)
const BODY_OFFSET = IV_OFFSET + 16;
const MAC_BYTES = 32;
const SMALLEST = BODY_OFFSET + 16 + MAC_BYTES;
const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/;

/** Opens the oldest encrypted key files: Fernet under PBKDF2 with ten million rounds (seconds of CPU). */
export async function decryptFernet(file: Uint8Array, password: string): Promise<Uint8Array> {
  const text = new TextDecoder().decode(file).trim();
  const token = Buffer.from(text, "base64url");
  const bodyBytes = token.length - BODY_OFFSET - MAC_BYTES;
  if (!BASE64URL.test(text) || token.length < SMALLEST || bodyBytes % 16 !== 0) {
    throw new CodedError<WalletCode>(
      "KEYFILE_CORRUPT",
      "the Fernet key file is damaged or cut short",
    );
  }
  const key = await promisify(pbkdf2)(password, SALT, ROUNDS, 32, "sha256");
  try {
    const macOffset = token.length - MAC_BYTES;
    const mac = createHmac("sha256", key.subarray(0, 16)).update(token.subarray(0, macOffset));
    if (!timingSafeEqual(mac.digest(), token.subarray(macOffset))) {
      const message = "the password does not open the Fernet key file";
      throw new CodedError<WalletCode>("BAD_PASSWORD", message);
    }
    const iv = token.subarray(IV_OFFSET, BODY_OFFSET);
    const decipher = createDecipheriv("aes-128-cbc", key.subarray(16, 32), iv);
    const body = token.subarray(BODY_OFFSET, macOffset);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } finally {
    key.fill(0);
  }
}
