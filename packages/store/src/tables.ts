import type { Generated } from "kysely";
import type { AuditTables } from "./audit/tables.ts";
import type { DurabilityTables } from "./durability/tables.ts";
import type { ExportTables } from "./exports/tables.ts";
import type { ObjectTables } from "./objects/tables.ts";

// Heights and times in milliseconds are bigint columns read as numbers; whatever is signed or
// hashed is kept as the text it was signed in. No floats, no JSON columns.

/** Every table of one daemon's schema. */
export interface Tables extends AuditTables, DurabilityTables, ExportTables, ObjectTables {
  readonly logs: LogsTable;
  readonly log_entries: LogEntriesTable;
  readonly log_nodes: LogNodesTable;
  readonly observations: ObservationsTable;
  readonly run_facts: RunFactsTable;
  readonly weights_submissions: WeightsSubmissionsTable;
  readonly bodies: BodiesTable;
  readonly manifests: ManifestsTable;
  readonly shards: ShardsTable;
  readonly grants: GrantsTable;
  readonly shard_proofs: ShardProofsTable;
  readonly peer_reports: PeerReportsTable;
  readonly seen_commitments: SeenCommitmentsTable;
  readonly scans: ScansTable;
  readonly evidence: EvidenceTable;
}

interface LogsTable {
  id: Generated<number>;
  /** Whose log: a validator's hotkey. */
  name: string;
  /** Entries so far; an append moves it on, or finds that another did. */
  size: number;
}

interface LogEntriesTable {
  log_id: number;
  index: number;
  kind: string;
  run_id: string;
  text: string;
  appended_ms: number;
}

/** Hashes of complete subtrees; level 0 are the leaves. */
interface LogNodesTable {
  log_id: number;
  level: number;
  index: number;
  hash: Uint8Array;
}

/** The latest observation of each task. */
interface ObservationsTable {
  log_id: number;
  run_id: string;
  workload: string;
  slot: number;
  miner: string;
  entry_index: number;
  outcome: string;
  settled: boolean;
}

/** Each kind of fact once; it is kept as the JSON text it was written in. */
interface RunFactsTable {
  run_index: number;
  kind: string;
  text: string;
  written_ms: number;
}

interface WeightsSubmissionsTable {
  run_id: string;
  mecid: number;
  attempt: number;
  mode: string;
  vector: string;
  state: string;
  block: number | null;
  extrinsic_hash: string | null;
  detail: string | null;
  intended_ms: number;
  changed_ms: number;
}

interface BodiesTable {
  sha256: Uint8Array;
  bytes: Uint8Array;
  expires_ms: number;
}

interface ManifestsTable {
  file_id: string;
  owner: string;
  /** Who repairs it; null when nobody but the owner can. */
  custodian: string | null;
  text: string;
  created_ms: number;
  expires_block: number;
}

interface ShardsTable {
  shard_id: Uint8Array;
  validator: string;
  miner: string;
  file_id: string;
  root: Uint8Array;
  size_bytes: number;
  stored_block: number;
  expires_block: number;
  receipt: string;
  /** When its receipt was last signed anew. */
  renewed_block: number | null;
}

interface GrantsTable {
  validator: string;
  miner: string;
  shard_id: Uint8Array;
  period_blocks: number;
  first_period: number;
  periods: number;
  text: string;
  /** Index of the run that logs it; null when none was planned since. */
  logged_run: number | null;
}

/** What shards can be asked about alone by. */
interface ShardProofsTable {
  validator: string;
  miner: string;
  shard_id: Uint8Array;
  receipt: string;
  /** Encoded points, one after the other. */
  commitments: Uint8Array | null;
  token_alg: number | null;
  token_count: Generated<number>;
  token_leaves: Uint8Array | null;
  /** Encrypted. */
  token_answers: Uint8Array | null;
  /** Tokens up to this one were drawn by runs. */
  tokens_drawn: Generated<number>;
  /** The seed of this one, and of none after it, has left. */
  tokens_sent: Generated<number>;
}

interface PeerReportsTable {
  run_id: string;
  family_id: string;
  validator: string;
  hash: string;
  text: string;
  received_ms: number;
}

interface SeenCommitmentsTable {
  hotkey: string;
  block: number;
  extrinsic_index: number;
  block_hash: string;
  run_id: string | null;
  fields: string;
}

interface ScansTable {
  name: string;
  block: number;
}

interface EvidenceTable {
  sha256: string;
  serial: Generated<number>;
  kind: string;
  validator: string;
  run_id: string;
  text: string;
  observed_ms: number;
}
