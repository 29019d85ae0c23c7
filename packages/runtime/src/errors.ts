/** Codes this package throws. */
export type RuntimeCode =
  | "CONFIG_INVALID"
  | "CONFIG_UNREADABLE"
  | "DEADLINE_EXCEEDED"
  | "LISTEN_FAILED"
  | "STALLED"
  | "VERIFY_POOL_BUSY"
  | "VERIFY_POOL_CLOSED";
