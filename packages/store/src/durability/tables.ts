import type { Generated } from "kysely";

/** Tables of what keeps files over time. */
export interface DurabilityTables {
  readonly file_owners: FileOwnersTable;
  readonly deleted_shards: DeletedShardsTable;
  readonly miner_presence: MinerPresenceTable;
  readonly shard_faults: ShardFaultsTable;
  readonly vault_files: VaultFilesTable;
  readonly repairs: RepairsTable;
  readonly manifest_copies: ManifestCopiesTable;
  readonly custody: CustodyTable;
}

/** Who stored the first shard of a file; nobody else adds to it or ends it. */
interface FileOwnersTable {
  file_id: string;
  owner: string;
  claimed_block: number;
}

/** Shards that their owner gave up before their time; receipts stay for auditors until then. */
interface DeletedShardsTable {
  shard_id: Uint8Array;
  validator: string;
  miner: string;
  file_id: string;
  size_bytes: number;
  receipt: string;
  expires_block: number;
  deleted_block: number;
  /** Whether the log says so. */
  logged: Generated<boolean>;
  /** Whether the miner knows, or is gone. */
  told: Generated<boolean>;
  tries: Generated<number>;
}

interface MinerPresenceTable {
  miner: string;
  uid: number;
  seen_block: number;
  /** When its hotkey was found gone; null while it is there. */
  departed_block: number | null;
  /** Runs in a row without one passed challenge. */
  bad_runs: Generated<number>;
  judged_run: Generated<number>;
}

/** Shards that did not come back as they were. */
interface ShardFaultsTable {
  shard_id: Uint8Array;
  reason: string;
  found_ms: number;
}

interface VaultFilesTable {
  file_id: string;
  /** Through which it was stored. */
  validator: string;
  /** Bytes before encryption. */
  size: number;
  manifest: string;
  created_ms: number;
}

interface RepairsTable {
  file_id: string;
  segment: number;
  validator: string;
  k: number;
  n: number;
  live: number;
  /** Indices, as JSON. */
  lost: string;
  failures: Generated<number>;
  detail: string | null;
  queued_ms: number;
  /** Not before. */
  due_ms: number;
  /** Until then it is for whoever took it, so that a dead process gives it back. */
  lease_ms: Generated<number>;
}

/** Manifests of files of other validators. */
interface ManifestCopiesTable {
  file_id: string;
  owner: string;
  custodian: string | null;
  text: string;
  /** Of the text: what all copies take is bounded. */
  bytes: number;
  created_ms: number;
  expires_block: number;
}

/** Files of others that an API node repairs. */
interface CustodyTable {
  file_id: string;
  owner: string;
  /** Through which it was stored. */
  validator: string;
  /** Bytes after encryption. */
  bytes: number;
  expires_block: number;
  taken_ms: number;
}
