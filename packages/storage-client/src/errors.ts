import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws beside those of storage and erasure. */
export const STORAGE_CLIENT_ERRORS = {
  JOURNAL_INVALID: {
    cause: "a journal of an interrupted upload cannot be read, or is of another upload",
    remedy: "upload again without it: remove the file that the message names",
  },
  SHARDS_UNPLACED: {
    cause: "too few miners took their shard of a segment, and there are no others",
    remedy: "upload again to resume, later or with fewer shards",
  },
  SOURCE_CHANGED: {
    cause: "the file to be stored is not the one whose upload was interrupted",
    remedy: "remove the journal that the message names, and upload the file as it is now",
  },
  VALIDATOR_MALFORMED: {
    cause: "the answer is not one of a validator",
    remedy: "check the address, and that both sides are of one version",
  },
  VALIDATOR_REFUSED: {
    cause: "the validator said no; its own code and words are in the message",
    remedy: "do what it says; it may store for listed clients only",
  },
  VALIDATOR_UNREACHABLE: {
    cause: "the validator did not answer, or the connection ended",
    remedy: "check that it runs, or name another one",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type StorageClientCode = keyof typeof STORAGE_CLIENT_ERRORS;
