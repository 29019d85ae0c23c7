import { hash } from "node:crypto";
import type { Sha256 } from "@neurond/workload-storage";

/** SHA-256 by the runtime's OpenSSL, in one call. */
export const nativeSha256: Sha256 = (bytes) => hash("sha256", bytes, "buffer");
