import { randomBytes } from "node:crypto";
import { link, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CodedError } from "@neurond/primitives";
import type { WalletCode } from "./errors.ts";

/**
 * Writes a file whole or not at all, readable by its owner only. A process killed at any moment
 * leaves the old file (or none) and at most a hidden `*.tmp` beside it, which no listing shows.
 * A symbolic link at `path` is replaced, never followed.
 */
export async function writeAtomically(
  path: string,
  bytes: Uint8Array,
  options: { readonly overwrite: boolean },
): Promise<void> {
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeDurably(temporary, bytes);
    if (options.overwrite) await rename(temporary, path);
    else await claim(temporary, path);
    await flushDirectory(directory);
  } catch (cause) {
    const taken = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    const code: WalletCode = taken ? "FILE_EXISTS" : "NOT_WRITABLE";
    const text = taken
      ? `${path} exists already; it is replaced only with --overwrite`
      : `${path} cannot be written; check the owner and mode of its directory`;
    throw new CodedError(code, text, { path }, { cause });
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Gives a finished file its name if that is free. Linking fails on a taken name, where renaming would replace it. */
async function claim(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // Some file systems have no hard links; an exclusive empty file holds the name there instead.
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw error;
    await (await open(path, "wx", 0o600)).close();
    await rename(temporary, path);
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the new name survive a power cut; a directory that cannot be flushed is no reason to fail. */
async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
