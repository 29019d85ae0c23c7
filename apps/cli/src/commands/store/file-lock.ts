import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CodedError } from "@neurond/primitives";
import type { StoreCommandCode } from "./errors.ts";

const POLL_MS = 20;
const PATIENCE_MS = 15_000;
/** An empty lock is one being written; older than this, its writer was killed in between. */
const BIRTH_MS = 2_000;

/** A lock that is held. */
export interface HeldLock extends AsyncDisposable {
  readonly path: string;
}

/**
 * Takes a lock file, or answers undefined when somebody who lives holds it. A process that was killed
 * leaves its lock behind: on the same machine it is seen to be gone, and the lock is taken over.
 */
export async function tryLock(path: string): Promise<HeldLock | undefined> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const text = `${JSON.stringify({ host: hostname(), pid: process.pid, id: randomUUID() })}\n`;
  for (;;) {
    try {
      await writeFile(path, text, { flag: "wx", mode: 0o600 });
      return { path, [Symbol.asyncDispose]: () => release(path, text) };
    } catch (error) {
      if (!isErrno(error, "EEXIST")) throw error;
    }
    const held = await read(path);
    if (held !== undefined && (await isAlive(path, held))) return undefined;
    if (held !== undefined) await takeAway(path, held);
  }
}

/** Takes a lock file, waiting for it. @throws CodedError LOCK_HELD */
export async function lock(path: string, signal: AbortSignal): Promise<HeldLock> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const held = await tryLock(path);
    if (held !== undefined) return held;
    if (Date.now() > deadline) {
      const message = `${path} is held by another process; remove it when there is none`;
      throw new CodedError<StoreCommandCode>("LOCK_HELD", message, { path });
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function release(path: string, text: string): Promise<void> {
  if ((await read(path)) === text) await rm(path, { force: true });
}

/** Moved before it is judged again: of two who see a dead lock, one must not remove the other's new one. */
async function takeAway(path: string, dead: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return;
    throw error;
  }
  if ((await read(aside)) === dead) return rm(aside, { force: true });
  await rename(aside, path);
}

async function isAlive(path: string, text: string): Promise<boolean> {
  const { host, pid } = parse(text);
  if (pid === undefined) {
    const found = await stat(path).catch(() => undefined);
    return found !== undefined && Date.now() - found.mtimeMs < BIRTH_MS;
  }
  // Of another machine on a shared disk nothing can be known.
  if (host !== hostname()) return true;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return isErrno(error, "EPERM");
  }
}

function parse(text: string): { readonly host?: unknown; readonly pid?: number } {
  try {
    const { host, pid } = JSON.parse(text);
    return Number.isSafeInteger(pid) && pid > 0 ? { host, pid } : {};
  } catch {
    return {};
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
