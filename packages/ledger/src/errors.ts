import type { ErrorEntry } from "@neurond/primitives";

/**
 * Every code this package throws. What is wrong with a peer's record is never one of them: it is
 * data.
 */
export const LEDGER_ERRORS = {
  ARCHIVE_NAME_INVALID: {
    cause: "a run or family cannot be part of a file name",
    remedy: "use A-Z a-z 0-9 . _ -",
  },
  COMMITMENT_INVALID: {
    cause: "what is to be committed does not fit a commitment, or says nothing",
    remedy: "see the reason in the message; shorten or correct that part",
  },
  ENTRY_INVALID: {
    cause: "a log entry does not have the shape of its kind",
    remedy: "correct the fields in the context's issues",
  },
  FAMILY_INVALID: {
    cause: "a text cannot be the name of a family of workloads",
    remedy: "give 1 to 64 of A-Z a-z 0-9 . _ -",
  },
  LOG_CONFLICT: {
    cause: "the log ends elsewhere than its writer believed: somebody else wrote to it",
    remedy: "stop the second writer; one log has one process that writes",
  },
  REPORT_INVALID: {
    cause: "the parts of a report contradict each other or lie outside their range",
    remedy: "correct the part which the message names",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type LedgerCode = keyof typeof LEDGER_ERRORS;
