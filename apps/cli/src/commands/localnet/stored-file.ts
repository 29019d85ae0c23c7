import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { CodedError } from "@neurond/primitives";
import type { UsageCode } from "../../failures.ts";
import { CHECKOUT } from "./programs.ts";

/** A file, and what proves that another one is the same. */
export interface KnownFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** What Node says of its own file system API: it comes with every checkout, nobody has to bring one. */
export const DEFAULT_FILE = join(CHECKOUT, "node_modules/@types/node/fs.d.ts");

/** Measures a file. @throws CodedError INPUT_INVALID */
export async function measure(path: string): Promise<KnownFile> {
  try {
    const { size: sizeBytes } = await stat(path);
    const hash = createHash("sha256");
    await pipeline(createReadStream(path), hash);
    return { path, sizeBytes, sha256: hash.digest("hex") };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `the file ${path} cannot be stored: ${reason}`;
    throw new CodedError<UsageCode>("INPUT_INVALID", message, { path }, { cause });
  }
}
