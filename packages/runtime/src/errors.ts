/** Codes this package throws. */
export type RuntimeCode =
  | "ANSWER_TOO_LARGE"
  | "CONFIG_INVALID"
  | "CONFIG_UNREADABLE"
  | "DEADLINE_EXCEEDED"
  | "LISTEN_FAILED"
  | "STALLED"
  | "VERIFY_POOL_BUSY"
  | "VERIFY_POOL_CLOSED";
