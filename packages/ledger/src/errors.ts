/** Codes this package throws. What is wrong with a peer's record is never one of them: it is data. */
export type LedgerCode =
  | "ARCHIVE_NAME_INVALID"
  | "COMMITMENT_INVALID"
  | "ENTRY_INVALID"
  | "FAMILY_INVALID"
  | "LOG_CONFLICT"
  | "REPORT_INVALID";
