import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
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

/** A file that comes with the Node every checkout installs: nobody has to bring one. */
export function defaultFile(): string {
  const { platform, arch } = process;
  const node = join(CHECKOUT, "node_modules/node");
  const places = [
    join(node, `node_modules/node-${platform}-${arch}/CHANGELOG.md`),
    join(dirname(dirname(process.execPath)), "CHANGELOG.md"),
    join(node, "README.md"),
  ];
  return places.find(existsSync) ?? process.execPath;
}

/** Measures a file. @throws CodedError INPUT_INVALID */
export async function measure(path: string): Promise<KnownFile> {
  try {
    const { size: sizeBytes } = await stat(path);
    if (sizeBytes === 0) throw new Error("it is empty");
    const hash = createHash("sha256");
    await pipeline(createReadStream(path), hash);
    return { path, sizeBytes, sha256: hash.digest("hex") };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `the file ${path} cannot be stored: ${reason}`;
    throw new CodedError<UsageCode>("INPUT_INVALID", message, { path }, { cause });
  }
}
