import type { Generated } from "kysely";

// Times of exports are microseconds and times of ours milliseconds, in bigint columns read as numbers;
// numeric columns are read and written as text.

/** Tables of an auditor of exports. */
export interface AuditTables {
  readonly audit_entries: AuditEntriesTable;
  readonly ingest_state: IngestStateTable;
  readonly entry_verification: EntryVerificationTable;
  readonly commitments: CommitmentsTable;
  readonly audit_findings: AuditFindingsTable;
  readonly score_runs: ScoreRunsTable;
  readonly score_rows: ScoreRowsTable;
  readonly exported_runs: ExportedRunsTable;
  readonly metagraph_nodes: MetagraphNodesTable;
  readonly gpu_counts: GpuCountsTable;
  readonly synthetics: SyntheticsTable;
  readonly synthetic_results: SyntheticResultsTable;
}

/** A line of a listing; `source` is the validator whose API has it. */
export interface AuditEntriesTable {
  source: string;
  entry_id: string;
  reporter: string;
  hotkey: string;
  block: number;
  path: string;
  created_at: number;
  start_time: number;
  end_time: number;
  /** Whether all parts that the report names are loaded. */
  processed: boolean;
}

export interface IngestStateTable {
  source: string;
  entry_id: string;
  step: string;
  report_sha256: string | null;
  generation: string | null;
  has_invocations: boolean;
  uptime_us: number | null;
  problem: string | null;
  detail: string | null;
  failures: number;
  /** Null: put aside. */
  next_try_ms: number | null;
}

export interface EntryVerificationTable {
  source: string;
  entry_id: string;
  status: string;
  method: string;
  digest: string | null;
  found_block: number | null;
  block_time: number | null;
  checked_ms: number;
}

interface CommitmentsTable {
  netuid: number;
  hotkey: string;
  block: number;
  extrinsic_index: number;
  block_hash: string;
  block_time: number | null;
  digest: string | null;
}

interface AuditFindingsTable {
  source: string;
  key: string;
  serial: Generated<number>;
  kind: string;
  severity: string;
  subject: string;
  entry_id: string | null;
  end_time: number | null;
  detail: string;
  found_ms: number;
}

/** A computation; its comparisons are kept as JSON text. */
export interface ScoreRunsTable {
  run_id: Generated<number>;
  source: string;
  as_of: number;
  profile: string;
  inputs_root: string;
  inputs: string;
  block: number;
  created_ms: number;
  hours: number;
  is_complete: boolean;
  reconciled: boolean;
  total: string;
  metagraph: string;
  weights: string | null;
  published: string | null;
}

export interface ScoreRowsTable {
  run_id: number;
  hotkey: string;
  uid: number;
  score: string;
  share: string;
  actual: string;
  weight: string | null;
  published: string | null;
  raw: string;
}

/** A run that a report states; the verdict on it is kept as JSON text beside its kind. */
export interface ExportedRunsTable {
  source: string;
  entry_id: string;
  run_id: string;
  family: string;
  workload: string;
  end_time: number;
  report_sha256: string;
  kind: string;
  verdict: string;
  as_of: number;
  judged_ms: number;
}

/** A target of a traced request, or a blind request as a whole: then its id is the parent's, its target null. */
export interface SyntheticsTable {
  source: string;
  invocation_id: string;
  parent_invocation_id: string;
  kind: string;
  type: string;
  chute_id: string;
  function_name: string | null;
  instance_id: string | null;
  miner_uid: number | null;
  miner_hotkey: string | null;
  created_at: number;
  settled_at: number | null;
  has_error: boolean;
  tokens_in: number | null;
  tokens_out: number | null;
}

/** A verdict that stands; `fields` are names with commas between them. */
export interface SyntheticResultsTable {
  source: string;
  invocation_id: string;
  verdict: string;
  fields: string;
  judged_ms: number;
}

/** A neuron of a subnet; stakes in rao, shares of 65535. */
export interface MetagraphNodesTable {
  hotkey: string;
  netuid: number;
  /** SHA-256 of the other columns but `synced_at`: when it is the same, nothing is written. */
  checksum: string;
  coldkey: string;
  node_id: number;
  incentive: number;
  stake: string | null;
  tao_stake: string | null;
  alpha_stake: string | null;
  trust: number | null;
  vtrust: number | null;
  last_updated: number | null;
  ip: string | null;
  ip_type: number | null;
  port: number | null;
  protocol: number | null;
  real_host: string | null;
  real_port: number | null;
  /** When this row changed last, milliseconds. */
  synced_at: number;
}

/** How many GPUs an instance of a chute has, as a source states it. */
export interface GpuCountsTable {
  source: string;
  chute_id: string;
  gpu_count: number;
}
