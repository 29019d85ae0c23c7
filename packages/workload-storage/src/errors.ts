/** Codes this package throws. What a peer did wrong in an answer is never one of them: see `StorageReason`. */
export type StorageCode =
  | "CHALLENGE_REFUSED"
  | "CIPHERTEXT_INVALID"
  | "DISK_FULL"
  | "INVENTORY_INVALID"
  | "INVENTORY_UNKNOWN"
  | "KEY_INVALID"
  | "MANIFEST_INVALID"
  | "PLAN_INVALID"
  | "RECEIPT_INVALID"
  | "ROOT_MISMATCH"
  | "SHARD_CORRUPT"
  | "SHARD_ID_INVALID"
  | "SHARD_MISSING"
  | "SHARD_STORED"
  | "SIZE_MISMATCH";

/** Why the answer to a challenge proves nothing; the first check that fails names it. */
export type AnswerReason =
  /** Bytes are missing, or left over. */
  | "LENGTH"
  /** No entry is listed, or more than positions or shards allow. */
  | "ENTRY_COUNT"
  /** Listed entries do not ascend, or lie outside the inventory. */
  | "ENTRY_ORDER"
  /** No shard can have such a size. */
  | "ENTRY_SIZE"
  /** A node claims fewer leaves than shards, or more than an inventory can hold. */
  | "SUM_RANGE"
  /** Listed entries and nodes do not hash to the signed inventory. */
  | "INVENTORY_ROOT"
  /** A drawn position lies in no listed entry. */
  | "POSITION_MISSING"
  /** A listed entry holds no drawn position. */
  | "ENTRY_UNUSED"
  /** Leaves and nodes do not hash to the shard's root. */
  | "SHARD_ROOT";

/** What is wrong with a record, beside wrong answers. */
export type RecordReason =
  /** The beacon is not what its block and drand round make of it. */
  | "BEACON"
  /** The answer came too late, or before it was asked for. */
  | "DEADLINE"
  /** An unexpired, undeleted receipt has no entry in the inventory: a loss is being hidden. */
  | "INVENTORY_OMITS"
  /** The plan or the inventory was not on chain before the beacon: seeds could be chosen. */
  | "PLAN_UNANCHORED"
  /** The previous link was not on chain before the beacon. */
  | "PREV_UNANCHORED"
  /** The miner never agreed to hold an entry, so failing it does not count. */
  | "RECEIPT_MISSING"
  /** A signature does not hold, so the record proves nothing about its signer. */
  | "SIGNATURE"
  /** One key signed two different objects for one tuple. */
  | "EQUIVOCATION";

/** Every reason of this package, as outcomes and findings state them. */
export type StorageReason = AnswerReason | RecordReason;
