import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { writeOnce, writeWhole } from "@neurond/files";
import { CodedError } from "@neurond/primitives";
import type { WalletCode } from "./errors.ts";

/**
 * Writes a file whole or not at all, readable by its owner only. A process killed at any moment
 * leaves the old file (or none) and at most a hidden `*.tmp` beside it, which no listing shows.
 */
export async function writeAtomically(
  path: string,
  bytes: Uint8Array,
  { overwrite }: { readonly overwrite: boolean },
): Promise<void> {
  const directory = dirname(path);
  const draft = join(directory, `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  let isWritten = true;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (overwrite) await writeWhole(path, bytes, { draft });
    else isWritten = await writeOnce(path, bytes, { draft });
  } catch (cause) {
    const message = `${path} cannot be written; check the owner and mode of its directory`;
    throw new CodedError<WalletCode>("NOT_WRITABLE", message, { path }, { cause });
  }
  if (isWritten) return;
  const message = `${path} exists already; it is replaced only with --overwrite`;
  throw new CodedError<WalletCode>("FILE_EXISTS", message, { path });
}
