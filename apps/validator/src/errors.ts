import type { ErrorEntry } from "@neurond/primitives";

/** Every code this app throws. */
export const VALIDATOR_ERRORS = {
  ARCHIVE_CONFLICT: {
    cause: "the archive holds another report of that run under the same name",
    remedy:
      "keep both files as evidence and find out who wrote the other; one validator writes one archive",
  },
  BODY_UNKNOWN: {
    cause: "no body of that hash is kept, or its retention has passed",
    remedy: "ask within the retention time, or ask a peer",
  },
  CHECKPOINT_UNKNOWN: {
    cause: "the log was never signed at that size",
    remedy: "ask for the latest checkpoint first",
  },
  COMMITMENT_VANISHED: {
    cause: "a commitment that was included is no longer on chain",
    remedy:
      "nothing: it is sent again; when it recurs, look for a second process with the same hotkey",
  },
  COPIES_FULL: {
    cause: "manifests of files of other validators take all the room of storage.copyBytes",
    remedy: "keep the copy with another validator, or allow more bytes",
  },
  EXPORT_DAMAGED: {
    cause: "a report or table that was committed to is not as it was written, or is gone",
    remedy: "restore the directory of exports from a backup; auditors hold the digest against it",
  },
  EXPORT_NAME_INVALID: {
    cause: "the path names no hour of any export",
    remedy: "write year/month/day/hour[-reports|-jobs].csv, as reports name their tables",
  },
  EXPORT_UNKNOWN: {
    cause: "no such report or table is published here; it may be past its retention",
    remedy: "take paths from the listing, and tables within their retention",
  },
  FILE_EXISTS: {
    cause: "a record of that file is kept already",
    remedy: "a new version is a new file id",
  },
  FILE_FOREIGN: {
    cause: "the file was begun by another hotkey",
    remedy: "take another id for a file of yours; ids are 32 random bytes",
  },
  FILE_UNKNOWN: {
    cause: "no record of that file is kept here",
    remedy: "ask the validator it was stored through",
  },
  LOG_RANGE_INVALID: {
    cause: "the range of entries is empty, reversed or beyond the log",
    remedy: "ask between 0 and the size of the latest checkpoint",
  },
  MANIFEST_REFUSED: {
    cause: "the manifest does not fit the caller, or shards it names are not here",
    remedy: "store every shard first and sign the manifest with the same hotkey",
  },
  MINER_REPORT_INVALID: {
    cause:
      "a miner's report is of another miner, of no whole slice, or not what its miner committed to",
    remedy: "the message says which; commit to the digest of exactly the bytes that are sent",
  },
  MINER_REPORT_UNSIGNED: {
    cause:
      "a miner's report comes without a valid signature, too late, or from no neuron of the subnet",
    remedy: "sign {hotkey}:{nonce}:{sha256 of the body} with the miner's hotkey, nonce in seconds",
  },
  MINER_REPORTED: {
    cause: "the miner has handed in another report of that slice or block",
    remedy: "nothing: the first one stands",
  },
  MINER_REFUSED: {
    cause: "the miner answered that it does not take or give the shard",
    remedy: "place the shard elsewhere; the miner's reason is in the context",
  },
  MINER_UNREACHABLE: {
    cause: "the miner did not answer in time",
    remedy: "try another copy, or later",
  },
  MINERS_TOO_FEW: {
    cause: "fewer miners serve than shards of a segment are wanted",
    remedy: "ask for fewer shards, or later",
  },
  NOT_REVEALED: {
    cause: "scores of that run are committed, and not shown before their time",
    remedy: "ask again when the reveal window has begun",
  },
  PLACEMENT_UNKNOWN: {
    cause: "the shard belongs to no miner that can be asked",
    remedy: "ask for placements first and use one of them",
  },
  PROXY_RECEIPTS_INVALID: {
    cause:
      "receipts of a miner's proxy are not whole, not signed by it, or not of the ledger that they were of before",
    remedy: "the message says which; send what `GET /receipts/export` of the proxy answers",
  },
  PROXY_RECEIPTS_LATER: {
    cause: "a miner's proxy has handed in as many receipts as a slice takes",
    remedy: "come again after the next slice, or raise exports.receiptsPerSlice",
  },
  PROXY_RECEIPTS_TAKEN: {
    cause: "some of the receipts were handed in before",
    remedy: "ask GET /audit/receipts/{hotkey} where to go on",
  },
  REPAIR_REFUSED: {
    cause: "a repair does not follow on what is kept, or names shards that are not here",
    remedy: "read the manifest again and repair what is lost now",
  },
  RECEIPT_INVALID: {
    cause: "the miner's signature does not cover the receipt",
    remedy: "place the shard elsewhere",
  },
  RUN_INVALID: {
    cause: "the text is not the id of a run",
    remedy: "write run-<number>",
  },
  RUN_UNKNOWN: {
    cause: "that run was not measured here",
    remedy: "ask for a later run",
  },
  SHARD_EXISTS: {
    cause: "a shard of that id is held already",
    remedy: "a new content needs a new generation",
  },
  SHARD_MISMATCH: {
    cause: "the bytes are not those that were announced",
    remedy: "send the shard again, whole",
  },
  SHARD_UNKNOWN: {
    cause: "no miner holds a shard of that id for this validator",
    remedy: "check the id against the manifest",
  },
  SWEEP_KEY_UNREADABLE: {
    cause: "the file with the key of tags cannot be read or made, or is not a key",
    remedy:
      "restore it from a backup, or mend the mode of its directory; with another key no stored shard can be swept",
  },
  UPLOADS_BUSY: {
    cause: "as many uploads are under way as may be, and as many wait as may",
    remedy: "try again in a few seconds",
  },
  WEIGHTS_SILENT: {
    cause: "no weights were confirmed for too many tempos",
    remedy: "nothing: the process ends to be restarted; look at the chain connection and the log",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this app throws. */
export type ValidatorCode = keyof typeof VALIDATOR_ERRORS;

/** The HTTP status of each code a route may throw; a code without one is a fault of ours. */
export const HTTP_STATUS: Readonly<Record<string, number>> = {
  BODY_UNKNOWN: 404,
  CHECKPOINT_UNKNOWN: 404,
  COPIES_FULL: 503,
  EXPORT_NAME_INVALID: 400,
  EXPORT_UNKNOWN: 404,
  FILE_EXISTS: 409,
  FILE_FOREIGN: 403,
  FILE_UNKNOWN: 404,
  LOG_RANGE_INVALID: 400,
  MANIFEST_INVALID: 422,
  MANIFEST_REFUSED: 422,
  MINER_REFUSED: 502,
  MINER_REPORT_INVALID: 422,
  MINER_REPORT_UNSIGNED: 401,
  MINER_REPORTED: 409,
  MINER_UNREACHABLE: 504,
  MINERS_TOO_FEW: 503,
  NOT_REVEALED: 425,
  PLACEMENT_UNKNOWN: 404,
  PROXY_RECEIPTS_INVALID: 422,
  PROXY_RECEIPTS_LATER: 429,
  PROXY_RECEIPTS_TAKEN: 409,
  RECEIPT_INVALID: 502,
  REPAIR_REFUSED: 409,
  REPORT_INVALID: 422,
  RUN_INVALID: 400,
  RUN_UNKNOWN: 404,
  SHARD_EXISTS: 409,
  SHARD_MISMATCH: 422,
  SHARD_UNKNOWN: 404,
  UPLOADS_BUSY: 503,
};
