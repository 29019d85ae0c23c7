import { lockFile } from "./file-lock.ts";
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
  const unlock = lockFile(path);
  try {
    const { journal, records } = Journal.open(path);
    const close = () => {
      journal.close();
      unlock();
    };
    return { journal, records, close };
  } catch (error) {
    unlock();
    throw error;
  }
}
