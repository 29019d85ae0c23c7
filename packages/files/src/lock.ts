import { statSync, truncateSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { CodedError } from "@neurond/primitives";
import type { FilesCode } from "./errors.ts";

/** A lock that is held. The operating system gives it back when its process ends, however it ends. */
export interface HeldLock extends Disposable {
  readonly path: string;
}

/** How long to wait for a lock. */
export interface Patience {
  readonly patienceMs: number;
  readonly signal?: AbortSignal | undefined;
}

const POLL_MS = 10;
/** SQLite's result codes: another connection has it; the file is no database. */
const BUSY = 5;
const NOT_A_DATABASE = 26;
/** Files of process ids, which served as locks before, are shorter. */
const MAX_NOTE_BYTES = 1_024;

/** A connection that is collected as garbage would give its lock back. */
const held = new Set<DatabaseSync>();

/**
 * Takes a lock, or answers undefined when another process, or another part of this one, has it. The lock
 * is SQLite's on a database without content, so nothing of a killed holder has to be judged or taken
 * away. The file is made where it is missing and stays, empty, for ever: who removes it lets two in.
 * Nobody may open it otherwise, since POSIX ends a process's locks on a file when the process closes it
 * anywhere.
 *
 * @throws CodedError LOCK_FILE_UNUSABLE
 */
export function tryLock(path: string): HeldLock | undefined {
  try {
    make(path);
    return take(path);
  } catch (error) {
    if (codeOf(error) !== NOT_A_DATABASE || !isNote(path)) throw unusable(path, error);
  }
  // Emptying is the same whoever does it, and how often: a lock that is held is empty already.
  try {
    truncateSync(path);
    return take(path);
  } catch (error) {
    throw unusable(path, error);
  }
}

/**
 * Takes a lock, waiting for it; undefined when patience ran out.
 *
 * @throws CodedError LOCK_FILE_UNUSABLE; the reason of `signal`
 */
export async function lock(
  path: string,
  { patienceMs, signal }: Patience,
): Promise<HeldLock | undefined> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    signal?.throwIfAborted();
    const taken = tryLock(path);
    if (taken !== undefined || performance.now() > deadline) return taken;
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** SQLite would let others read it, and a reader can keep a writer out. */
function make(path: string): void {
  try {
    writeFileSync(path, "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

/**
 * Without a journal on disk, which would stay beside the file; without a wait, which would block the
 * process. IMMEDIATE is one lock, taken or not; of several who try EXCLUSIVE at once none may get it.
 */
function take(path: string): HeldLock | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE");
  } catch (error) {
    database.close();
    if (codeOf(error) === BUSY) return undefined;
    throw error;
  }
  held.add(database);
  const release = () => {
    if (held.delete(database)) database.close();
  };
  return { path, [Symbol.dispose]: release };
}

function isNote(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size <= MAX_NOTE_BYTES;
}

function unusable(path: string, cause: unknown): CodedError<FilesCode> {
  const message = `${path} cannot be used as a lock: check that it is missing or empty, and its directory writable`;
  return new CodedError<FilesCode>("LOCK_FILE_UNUSABLE", message, { path }, { cause });
}

/** The low byte is the primary code. */
function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error && "errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}
