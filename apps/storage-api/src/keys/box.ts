import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { CodedError } from "@neurond/primitives";
import type { StorageApiCode } from "../errors.ts";

/** Encrypts secrets that are kept in a database. */
export interface SecretBox {
  /** `context` must be the same when it is opened: whose secret it is. */
  seal(secret: string, context: string): Uint8Array;
  /** @throws CodedError KEY_BOX_BROKEN */
  open(sealed: Uint8Array, context: string): string;
}

const INFO = "neurond/storage-api/access-keys/1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A box of AES-256-GCM under a key derived (HKDF-SHA256) from the node's own secret. */
export function secretBox(nodeSecret: Uint8Array): SecretBox {
  const key = Buffer.from(hkdfSync("sha256", nodeSecret, new Uint8Array(), INFO, 32));
  return {
    seal(secret, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
      const text = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]);
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed);
      try {
        const nonce = bytes.subarray(0, NONCE_BYTES);
        const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
        const cipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(context))
          .setAuthTag(tag);
        const text = bytes.subarray(NONCE_BYTES + TAG_BYTES);
        return Buffer.concat([cipher.update(text), cipher.final()]).toString("utf8");
      } catch (cause) {
        const message = `the secret of ${context} cannot be opened: is the node's hotkey another?`;
        throw new CodedError<StorageApiCode>("KEY_BOX_BROKEN", message, {}, { cause });
      }
    },
  };
}
