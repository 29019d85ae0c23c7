import { CodedError, type ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. After any of them the warehouse holds what it held before. */
export const WAREHOUSE_ERRORS = {
  BLOB_MISSING: {
    cause: "the object storage does not hold a file that an archived entry needs",
    remedy: "load the entry from the validator's own export instead",
  },
  COLUMN_MISSING: {
    cause: "a CSV export lacks a column without which its rows mean nothing",
    remedy: "quarantine the entry; the message names the column",
  },
  CSV_MALFORMED: {
    cause: "a CSV export breaks the dialect: an open quote, a ragged row, bytes that are no UTF-8",
    remedy:
      "quarantine the entry: its digest covers these very bytes, another download cannot help",
  },
  CSV_TOO_LARGE: {
    cause: "a CSV export is larger than it may be, compressed or after expansion",
    remedy: "quarantine the entry, or raise maxBytes if the validator is known to be that busy",
  },
  CSV_UNREADABLE: {
    cause: "a CSV export cannot be opened, expanded, or changed while it was read",
    remedy: "download it again",
  },
  DIGEST_MISMATCH: {
    cause: "the bytes of a CSV export are not those that the report commits to",
    remedy: "download it again; if it stays so, quarantine the entry and raise an alarm",
  },
  ENTRY_CONFLICT: {
    cause: "an entry is loaded already, from files with other digests",
    remedy: "find out which is committed on chain, drop the entry, load that one",
  },
  ENTRY_CORRUPT: {
    cause: "the stored file of an entry cannot be read; the context names the entries",
    remedy: "drop these entries and load them again; all others are unharmed",
  },
  ENTRY_INVALID: {
    cause: "an entry has no uuid as its id, or ends before it starts",
    remedy: "quarantine the entry",
  },
  WAREHOUSE_BUSY: {
    cause: "another process has the warehouse open, or this one twice",
    remedy: "stop it, or give this one a directory of its own",
  },
  WAREHOUSE_CORRUPT: {
    cause: "the file of the window cannot be read, or is of another version of this software",
    remedy: "delete the directory and load the exports again: it holds nothing else",
  },
  WAREHOUSE_DIRECTORY_UNUSABLE: {
    cause: "the directory cannot be written, or its path holds one of * ? [ ] { }",
    remedy: "give another directory on a local disk",
  },
  WAREHOUSE_DISK_FULL: {
    cause: "the disk is full",
    remedy: "free space and do the same again; nothing that was loaded is lost",
  },
  WAREHOUSE_FAILED: {
    cause: "the engine refused a statement for a reason that no other code covers",
    remedy: "read its words in the message; report it, for it is a fault of this software",
  },
  WAREHOUSE_MEMORY_EXHAUSTED: {
    cause: "a statement needs more memory than memoryLimitBytes and could not use the disk instead",
    remedy: "raise memoryLimitBytes: 512 MiB carry a week of five million invocations",
  },
  WINDOW_INVALID: {
    cause: "the end of a window is no whole hour, or nothing is loaded to take it from",
    remedy: "give the end of a validator's entry, in microseconds",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type WarehouseCode = keyof typeof WAREHOUSE_ERRORS;

/** A failure of the warehouse or of what is to be loaded. */
export function warehouseError(
  code: WarehouseCode,
  message: string,
  context: Record<string, unknown> = {},
  cause?: unknown,
): CodedError<WarehouseCode> {
  return new CodedError<WarehouseCode>(
    code,
    message,
    context,
    cause === undefined ? {} : { cause },
  );
}

/**
 * The code of what the engine, the file system or a decompressor said. The words of the engine are no
 * interface, so what is not recognised is `fallback`.
 */
export function explained(
  error: unknown,
  fallback: WarehouseCode,
  what: string,
  context: Record<string, unknown> = {},
): CodedError {
  if (error instanceof CodedError) return error;
  const words = error instanceof Error ? error.message : String(error);
  const code = KNOWN.find(([pattern]) => pattern.test(words))?.[1] ?? fallback;
  return warehouseError(code, `${what}: ${firstLine(words)}`, context, error);
}

const KNOWN: readonly (readonly [RegExp, WarehouseCode])[] = [
  [/No space left|ENOSPC|EDQUOT|max_temp_directory_size|Disk quota/i, "WAREHOUSE_DISK_FULL"],
  [/Could not set lock on file|Conflicting lock/i, "WAREHOUSE_BUSY"],
  [/Out of Memory|failed to (allocate|pin)/i, "WAREHOUSE_MEMORY_EXHAUSTED"],
  [/CSV Error|CSV Parser/i, "CSV_MALFORMED"],
];

function firstLine(words: string): string {
  return words.split("\n", 1)[0]?.slice(0, 200) ?? "";
}
