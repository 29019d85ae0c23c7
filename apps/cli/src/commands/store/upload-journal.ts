import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type HeldLock, tryLock } from "@neurond/files";
import { briefLock } from "./brief-lock.ts";
import type { LocalFiles } from "./local-files.ts";

/** The journal of an upload, ours alone until it is disposed of. */
export interface OwnJournal extends AsyncDisposable {
  readonly path: string;
}

/**
 * The journal for a file, its owner and a validator: the same file may be on its way to several. Who
 * stores it while somebody else does gets a journal of his own, and the file another version.
 *
 * @throws CodedError LOCK_HELD
 */
export async function openJournal(
  { directory }: LocalFiles,
  [file, owner, validator]: readonly [string, string, string],
  signal: AbortSignal,
): Promise<OwnJournal> {
  const uploads = join(directory, ".uploads");
  await mkdir(uploads, { recursive: true, mode: 0o700 });
  const digest = createHash("sha256").update([resolve(file), owner, validator].join("\n"));
  const name = digest.digest("hex");
  using _ = await briefLock(lockOfAll(uploads), signal);
  for (let slot = 0; ; slot += 1) {
    const path = join(uploads, `${name}${slot === 0 ? "" : `.${slot}`}.journal`);
    const held = tryLock(`${path}.lock`);
    if (held !== undefined) return { path, [Symbol.asyncDispose]: () => leave(uploads, held) };
  }
}

/** Locks of journals are taken and removed under one that stays, so that nobody holds a removed one. */
function lockOfAll(uploads: string): string {
  return `${uploads}.lock`;
}

/** An interrupted upload leaves as well. */
async function leave(uploads: string, journal: HeldLock): Promise<void> {
  using _ = journal;
  using _all = await briefLock(lockOfAll(uploads));
  await rm(journal.path, { force: true });
}
