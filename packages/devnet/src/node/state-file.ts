import { type HeldLock, tryLock } from "@neurond/files";
import { CodedError } from "@neurond/primitives";
import type { DevnetCode } from "../errors.ts";
import { Journal } from "./journal.ts";
import type { JournalRecord } from "./journal-record.ts";

/** A chain's file while it is ours. */
export interface StateFile {
  readonly journal: Journal;
  /** What it held when it was opened. */
  readonly records: readonly JournalRecord[];
  close(): void;
}

/**
 * Opens the file of a chain for one process alone.
 *
 * @throws CodedError STATE_FILE_IN_USE, STATE_FILE_UNREADABLE, STATE_FILE_CORRUPT
 */
export function openStateFile(path: string): StateFile {
  const held = takeLock(path);
  try {
    const { journal, records } = Journal.open(path);
    const close = () => {
      journal.close();
      held[Symbol.dispose]();
    };
    return { journal, records, close };
  } catch (error) {
    held[Symbol.dispose]();
    throw error;
  }
}

/** Keeps a second process from appending to the same file. */
function takeLock(path: string): HeldLock {
  const lock = `${path}.lock`;
  let held: HeldLock | undefined;
  try {
    held = tryLock(lock);
  } catch (cause) {
    const message = `${lock} cannot be written: check that its directory exists and is writable`;
    throw new CodedError<DevnetCode>("STATE_FILE_UNREADABLE", message, { lock }, { cause });
  }
  if (held !== undefined) return held;
  const message = `state file ${path} is in use by another process: stop it or choose another file`;
  throw new CodedError<DevnetCode>("STATE_FILE_IN_USE", message, { path });
}
