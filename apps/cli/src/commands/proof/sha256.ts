import { createHash } from "node:crypto";

/** SHA-256 as 64 hexadecimal digits. */
export const sha256Hex = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");
