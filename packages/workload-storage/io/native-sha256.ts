import { hash } from "node:crypto";
import type { Sha256 } from "@neurond/workload-storage";

/**
 * SHA-256 by the runtime's OpenSSL, in one call. The digest takes the way over text: as a buffer of
 * its own it would cost several times a short input's hashing.
 */
export const nativeSha256: Sha256 = (bytes) =>
  Buffer.from(hash("sha256", bytes, "binary"), "latin1");
