import type { StorageCode } from "@neurond/workload-storage";

/** Codes this app throws. */
export type MinerCode =
  | "BUSY"
  | "CALLER_WRONG"
  | "SHARD_FOREIGN"
  | "SHARD_TOO_LARGE"
  | "UPLOAD_LATE";

/** HTTP status of every code a route may throw; a code without one is a fault of ours. */
export const STATUS_OF: Readonly<Partial<Record<MinerCode | StorageCode, number>>> = {
  BUSY: 503,
  CALLER_WRONG: 403,
  CHALLENGE_REFUSED: 403,
  DISK_FULL: 507,
  INVENTORY_UNKNOWN: 409,
  RECEIPT_INVALID: 400,
  ROOT_MISMATCH: 422,
  SHARD_FOREIGN: 409,
  SHARD_ID_INVALID: 400,
  SHARD_MISSING: 404,
  SHARD_STORED: 409,
  SHARD_TOO_LARGE: 413,
  SIZE_MISMATCH: 422,
  UPLOAD_LATE: 408,
};
