import { createDecipheriv, createHmac, pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { CodedError } from "@neurond/primitives";
import type { WalletCode } from "./errors.ts";

/** First bytes of an Ansible Vault, the scheme before `$NACL`. */
export const ANSIBLE_PREFIX = "$ANSIBLE_VAULT";

const ROUNDS = 10_000;
const HEADER = /^\$ANSIBLE_VAULT;1\.[12];AES256(;[^\r\n]*)?$/;
const HEX = /^(?:[0-9a-fA-F]{2})+$/;

/** Opens an Ansible Vault 1.1 (or 1.2, which only adds a label) with AES256. */
export async function decryptAnsible(file: Uint8Array, password: string): Promise<Uint8Array> {
  const [header = "", ...lines] = new TextDecoder().decode(file).trim().split(/\r?\n/);
  if (!HEADER.test(header)) {
    const text = "only Ansible Vault 1.1 and 1.2 with AES256 can be opened";
    throw new CodedError<WalletCode>("UNSUPPORTED_ENCRYPTION", text, {
      header: header.slice(0, 40),
    });
  }
  const [salt, expected, cipherText] = decodeHex(lines.join("")).toString("latin1").split("\n");
  const mac = decodeHex(expected);
  const sealed = decodeHex(cipherText);
  const keys = await promisify(pbkdf2)(password, decodeHex(salt), ROUNDS, 80, "sha256");
  try {
    const actual = createHmac("sha256", keys.subarray(32, 64)).update(sealed).digest();
    if (actual.length !== mac.length || !timingSafeEqual(actual, mac)) {
      const text = "the password does not open the Ansible Vault key file";
      throw new CodedError<WalletCode>("BAD_PASSWORD", text);
    }
    const decipher = createDecipheriv("aes-256-ctr", keys.subarray(0, 32), keys.subarray(64, 80));
    return withoutPadding(Buffer.concat([decipher.update(sealed), decipher.final()]));
  } finally {
    keys.fill(0);
  }
}

function decodeHex(text: string | undefined): Buffer {
  if (text === undefined || !HEX.test(text)) throw corrupt();
  return Buffer.from(text, "hex");
}

/** Removes PKCS#7 padding; the MAC has been checked, so a bad one means a writer's fault, not a wrong password. */
function withoutPadding(padded: Buffer): Uint8Array {
  const count = padded.at(-1) ?? 0;
  if (count < 1 || count > 16 || count > padded.length) throw corrupt();
  return padded.subarray(0, padded.length - count);
}

function corrupt(): CodedError<WalletCode> {
  return new CodedError("KEYFILE_CORRUPT", "the Ansible Vault key file is damaged or cut short");
}
