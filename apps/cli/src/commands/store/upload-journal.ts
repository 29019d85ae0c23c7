import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { tryLock } from "./file-lock.ts";
import type { LocalFiles } from "./local-files.ts";

/** The journal of an upload, ours alone until it is disposed of. */
export interface OwnJournal extends AsyncDisposable {
  readonly path: string;
}

/**
 * The journal for a file, its owner and a validator: the same file may be on its way to several. Who
 * stores it while somebody else does gets a journal of his own, and the file another version.
 */
export async function openJournal(
  { directory }: LocalFiles,
  [file, owner, validator]: readonly [string, string, string],
): Promise<OwnJournal> {
  const uploads = join(directory, ".uploads");
  await mkdir(uploads, { recursive: true, mode: 0o700 });
  const digest = createHash("sha256").update([resolve(file), owner, validator].join("\n"));
  const name = digest.digest("hex");
  for (let slot = 0; ; slot += 1) {
    const path = join(uploads, `${name}${slot === 0 ? "" : `.${slot}`}.journal`);
    const held = await tryLock(`${path}.lock`);
    if (held !== undefined)
      return { path, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() };
  }
}
