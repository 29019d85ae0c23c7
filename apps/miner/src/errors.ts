import type { BlobCode } from "@neurond/blob-store";
import type { StorageCode } from "@neurond/workload-storage";

/** Every code this app throws: what it means, and what to do about it. */
export const MINER_ERRORS = {
  BUSY: {
    cause:
      "as much is being read from or written to the disk as its settings allow, and more waits",
    remedy: "try again in a second; as operator, see storage.readsAtOnce and storage.uploadsAtOnce",
  },
  CALLER_WRONG: {
    cause: "the caller proved who it is, but the task, receipt or shard is another validator's",
    remedy: "send it with the hotkey that signed it",
  },
  SHARD_FOREIGN: {
    cause: "the shard is held for another validator already",
    remedy: "use another file id or generation: what was signed for one validator stays its own",
  },
  SHARD_TOO_LARGE: {
    cause: "the shard is longer than this miner takes",
    remedy: "cut files into shorter segments, or raise storage.maxShardBytes on the miner",
  },
  UPLOAD_LATE: {
    cause: "the shard did not arrive whole in time",
    remedy: "try again over a faster line, or raise storage.uploadSeconds on the miner",
  },
} as const satisfies Record<string, { readonly cause: string; readonly remedy: string }>;

/** Codes this app throws. */
export type MinerCode = keyof typeof MINER_ERRORS;

/** HTTP status of every code a route may throw; a code without one is a fault of ours. */
export const STATUS_OF: Readonly<Partial<Record<MinerCode | StorageCode | BlobCode, number>>> = {
  BLOB_CORRUPT: 410,
  BLOB_MISSING: 410,
  BLOB_STORE_REFUSED: 503,
  BLOB_STORE_UNREACHABLE: 503,
  BUSY: 503,
  CALLER_WRONG: 403,
  CHALLENGE_REFUSED: 403,
  DISK_FULL: 507,
  GRANT_INVALID: 400,
  INVENTORY_UNKNOWN: 409,
  RECEIPT_INVALID: 400,
  ROOT_MISMATCH: 422,
  SHARD_CORRUPT: 410,
  SHARD_FOREIGN: 409,
  SHARD_ID_INVALID: 400,
  SHARD_MISSING: 404,
  SHARD_STORED: 409,
  SHARD_TOO_LARGE: 413,
  SIZE_MISMATCH: 422,
  UPLOAD_LATE: 408,
};
