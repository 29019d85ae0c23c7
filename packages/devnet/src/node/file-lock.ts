import { readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { CodedError } from "@neurond/primitives";
import type { DevnetCode } from "../errors.ts";

/**
 * Keeps a second process from appending to the same file. The lock names its process, so one that
 * was killed does not lock anybody out.
 *
 * @returns what gives the lock back
 * @throws CodedError STATE_FILE_IN_USE
 */
export function lockFile(path: string): () => void {
  const lock = `${path}.lock`;
  if (!tryLock(lock)) {
    const holder = holderOf(lock);
    if (holder !== undefined && isAlive(holder)) throw inUse(path, holder);
    unlinkSync(lock);
    if (!tryLock(lock)) throw inUse(path, holderOf(lock));
  }
  return () => unlinkSync(lock);
}

function tryLock(lock: string): boolean {
  try {
    writeFileSync(lock, `${process.pid}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw new CodedError<DevnetCode>(
      "STATE_FILE_UNREADABLE",
      `${lock} cannot be written: check that its directory exists and is writable`,
      { lock },
      { cause: error },
    );
  }
}

function holderOf(lock: string): number | undefined {
  const pid = Number.parseInt(readFileSync(lock, "utf8"), 10);
  return Number.isInteger(pid) ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user may not be asked, but it lives.
    return codeOf(error) === "EPERM";
  }
}

const codeOf = (error: unknown) =>
  error instanceof Error && "code" in error ? error.code : undefined;

const inUse = (path: string, pid: number | undefined) =>
  new CodedError<DevnetCode>(
    "STATE_FILE_IN_USE",
    `state file ${path} is in use by process ${pid ?? "unknown"}: stop it or choose another file`,
    { path, pid },
  );
