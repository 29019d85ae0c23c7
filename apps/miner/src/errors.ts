/** Codes this app throws. */
export type MinerCode =
  | "AXON_ADDRESS_MISSING"
  | "BODY_TOO_LARGE"
  | "BUSY"
  | "QUOTA_EXCEEDED"
  | "SHARD_FOREIGN"
  | "UPLOAD_LATE";
