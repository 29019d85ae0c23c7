import type { S3Code } from "@neurond/s3";

/** Every code this app throws: what it means, and what to do about it. */
export const STORAGE_API_ERRORS = {
  BLOB_MISSING: {
    cause: "bytes that the index knows of are not in the vault, or shorter than they were",
    remedy:
      "check the disk of vault.directory; restore it from a backup together with the database",
  },
  BODY_WRONG: {
    cause: "the body is not what the request says: its length, its Base64 or its signed fields",
    remedy: "send the body that was signed, whole",
  },
  BUSY: {
    cause: "as many requests that hold their bodies in memory are served as wire.atOnce allows",
    remedy: "try again in a second, or stream the file with PUT /v1/files",
  },
  CUSTODY_FULL: {
    cause: "the node repairs as many files of others as custody allows, in all or of one owner",
    remedy: "entrust the file to another node; the operator may allow more",
  },
  CUSTODY_REFUSED: {
    cause: "the file's manifest does not name this node, or holds no seal secret for it",
    remedy: "name its hotkey with `store entrust`, and a validator of its vault.validators",
  },
  FILE_MISSING: {
    cause: "there is no such file, or the caller may not read it",
    remedy: "list the files; ask their owner for a grant",
  },
  FILE_TOO_LARGE: {
    cause: "the file is longer than this way takes",
    remedy: "stream it with PUT /v1/files, or upload it in parts through the S3 gateway",
  },
  KEY_BOX_BROKEN: {
    cause: "the secret of an access key was encrypted with another hotkey, or altered",
    remedy: "run the node with the hotkey that made the key, or make the key anew",
  },
  NAME_INVALID: {
    cause: "a file name, bucket, hotkey, range or time in the request cannot be one",
    remedy: "correct what the message names",
  },
  NETWORK_AWAY: {
    cause: "no validator of vault.validators answers for this subnet, or not the one of a file",
    remedy: "check that they run, their addresses and netuid; files wait for their own validator",
  },
  NOT_OWNER: {
    cause: "only the owner may write, delete or share there",
    remedy: "sign with the owner's hotkey",
  },
  RANGE_INVALID: {
    cause: "the range begins behind the end of the file",
    remedy: "ask for its length first",
  },
  SHARDS_UNTAKEN: {
    cause: "fewer miners without a part in a segment serve than it lost shards",
    remedy: "nothing: it is tried again; when it stays, the subnet has too few miners",
  },
  VAULT_FULL: {
    cause: "the disk of the vault would have less free than vault.keepFreeBytes",
    remedy: "delete files, or give the vault a larger disk",
  },
} as const satisfies Record<string, { readonly cause: string; readonly remedy: string }>;

/** Codes this app throws. */
export type StorageApiCode = keyof typeof STORAGE_API_ERRORS;

/** HTTP status of every code that a route may throw. */
export const HTTP_STATUS: Readonly<Record<string, number>> = {
  BLOB_MISSING: 500,
  BODY_WRONG: 400,
  BUSY: 503,
  CUSTODY_FULL: 507,
  CUSTODY_REFUSED: 422,
  FILE_MISSING: 404,
  FILE_TOO_LARGE: 413,
  KEY_BOX_BROKEN: 500,
  NAME_INVALID: 400,
  NETWORK_AWAY: 503,
  NOT_OWNER: 403,
  RANGE_INVALID: 416,
  VAULT_FULL: 507,
  SHARD_MISSING: 503,
  SHARDS_UNPLACED: 503,
  VALIDATOR_MALFORMED: 502,
  VALIDATOR_REFUSED: 503,
  VALIDATOR_UNREACHABLE: 503,
  DATABASE_BUSY: 503,
  DATABASE_DISK_FULL: 507,
  DATABASE_LOST: 503,
  DATABASE_UNREACHABLE: 503,
};

/** What some codes are called by clients of S3. */
export const S3_NAMES: Readonly<Record<string, S3Code>> = {
  NETWORK_AWAY: "ServiceUnavailable",
  SHARDS_UNPLACED: "ServiceUnavailable",
  VALIDATOR_REFUSED: "ServiceUnavailable",
  VALIDATOR_UNREACHABLE: "ServiceUnavailable",
  VAULT_FULL: "ServiceUnavailable",
  DATABASE_BUSY: "SlowDown",
  DATABASE_DISK_FULL: "ServiceUnavailable",
  DATABASE_LOST: "ServiceUnavailable",
  DATABASE_UNREACHABLE: "ServiceUnavailable",
};
