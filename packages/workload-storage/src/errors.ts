import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. What a peer did wrong in an answer is never one of them: see `StorageReason`. */
export const STORAGE_ERRORS = {
  CHALLENGE_REFUSED: {
    cause: "a challenge is not one that this miner may answer",
    remedy: "the validator corrects what the message names",
  },
  CIPHERTEXT_INVALID: {
    cause: "a stored file does not decrypt: altered, cut short, or another key's",
    remedy: "fetch it again; use the manifest of this version",
  },
  DISK_FULL: {
    cause: "the disk or the quota has no room for another shard",
    remedy: "free space or raise the quota; shards already held stay",
  },
  GRANT_INVALID: {
    cause: "tags of a shard do not make the grant they came with, or it is not signed for us",
    remedy: "the validator tags the shard again; without both signatures it is not swept",
  },
  INVENTORY_INVALID: {
    cause: "entries do not make an inventory: unsorted, repeated or too large",
    remedy: "list each shard once, in order of its id",
  },
  INVENTORY_UNKNOWN: {
    cause: "the inventory of a challenge is none that our receipts make",
    remedy: "the validator lists every receipt that has not expired",
  },
  KEY_INVALID: {
    cause: "a key has the wrong length or opens nothing here",
    remedy: "use the owner's key of this file",
  },
  MANIFEST_INVALID: {
    cause: "a manifest does not have the shape of its version",
    remedy: "correct the fields in the context's issues",
  },
  PLAN_INVALID: {
    cause: "the parameters of a plan lie outside their range",
    remedy: "correct the parameter which the message names",
  },
  RECEIPT_INVALID: {
    cause: "a receipt does not parse, or a signature on it does not hold",
    remedy: "ask both signers again",
  },
  ROOT_MISMATCH: {
    cause: "the bytes do not hash to the root that was announced",
    remedy: "send the shard again, whole",
  },
  SHARD_CORRUPT: {
    cause: "a shard on disk is not what was stored",
    remedy: "delete it and let it be repaired; check the disk",
  },
  SHARD_ID_INVALID: {
    cause: "a text is not the id of a shard",
    remedy: "give 64 hexadecimal digits",
  },
  SHARD_MISSING: {
    cause: "no shard of that id is held",
    remedy: "check the id against the manifest",
  },
  SHARD_STORED: {
    cause: "a shard of that id is held already",
    remedy: "nothing, when it is the same; else raise its generation",
  },
  SIZE_MISMATCH: {
    cause: "more or fewer bytes came than were announced",
    remedy: "send the shard again, whole",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type StorageCode = keyof typeof STORAGE_ERRORS;

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
  | "SHARD_ROOT"
  /** Shards given as absent do not ascend, or were not asked for. */
  | "ABSENT_ORDER"
  /** A number is not below the prime: a second spelling of another. */
  | "FIELD_RANGE"
  /** Sums over data and sums over tags do not belong together. */
  | "MAC_MISMATCH"
  /** The answer holds, but its miner concedes shards that were asked for. */
  | "SHARD_CONCEDED";

/** Why the proof of an opening proves nothing. */
export type OpeningReason =
  /** Another number of bytes than suite and sectors give. */
  | "LENGTH"
  /** A point lies off the curve, has a second encoding, or is the identity. */
  | "POINT_INVALID"
  /** A scalar is not below the group's order. */
  | "SCALAR_RANGE"
  /** The sum is not the identity: some drawn block is not the one committed to. */
  | "EQUATION";

/** Why a token proves nothing. All but `LENGTH` and `ANSWER_MISMATCH` are its validator's faults. */
export type TokenReason =
  /** The leaf is not the asked token, or not under the receipt's root. */
  | "TOKEN_PATH"
  /** The seed is not the one that leaf and challenge commit to. */
  | "SEED_MISMATCH"
  /** The blind is not below the group's order. */
  | "SCALAR_RANGE"
  /** The commitment does not open to the stated answer. */
  | "OPENING_MISMATCH"
  /** The miner's answer has another length than its algorithm gives. */
  | "LENGTH"
  /** The miner's answer is not the precommitted one: some byte of the shard differs. */
  | "ANSWER_MISMATCH";

/** What is wrong with a record, beside wrong answers. */
export type RecordReason =
  /** The beacon is not what its block and drand round make of it. */
  | "BEACON"
  /** Recorded commitments are not those of the drawn blocks under the receipt's root. */
  | "COMMITMENT_PATH"
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
  | "EQUIVOCATION"
  /** An answer was anchored when its period's secret was out: anybody could have made it. */
  | "ANSWER_LATE"
  /** Tags that a validator handed out are not those of its secret. */
  | "BAD_TAG"
  /** Until its period's secret is out, only the validator's word says that an answer is bad. */
  | "CLAIMED"
  /** A bad answer was claimed to be good. */
  | "FORGED_ACCEPT"
  /** A good answer was claimed to be bad. */
  | "FORGED_REJECT"
  /** The entries a sweep is about are not at hand, or not those of the signed inventory. */
  | "INVENTORY_MISSING"
  /** The validator said that the period's secret got out. */
  | "KEY_BURNED"
  /** The period's secret was not revealed in time. */
  | "KEY_WITHHELD"
  /** The revealed secret is not the one that was committed. */
  | "KEY_WRONG";

/** Every reason of this package, as outcomes and findings state them. */
export type StorageReason = AnswerReason | OpeningReason | TokenReason | RecordReason;
