import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. */
export const FILES_ERRORS = {
  LOCK_FILE_UNUSABLE: {
    cause: "a file cannot serve as a lock: it cannot be written, or something else stands in it",
    remedy: "give this user the directory; if something else has that name, move it away",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type FilesCode = keyof typeof FILES_ERRORS;
