/** Tables of what a validator publishes for auditors. Times are microseconds since 1970. */
export interface ExportTables {
  readonly export_reports: ExportReportsTable;
  readonly export_services: ExportServicesTable;
  readonly export_history: ExportHistoryTable;
  readonly export_runs: ExportRunsTable;
  readonly miner_reports: MinerReportsTable;
  readonly receipt_ledgers: ReceiptLedgersTable;
  readonly receipts: ReceiptsTable;
}

/** One row for each slice: the outbox until it is listed, the listing afterwards. */
interface ExportReportsTable {
  end_us: number;
  start_us: number;
  sequence: number;
  sha256: string;
  tree_root: string;
  tree_size: number;
  /** The entry of the log with which the next slice begins. */
  log_to: number;
  scores: string;
  /** Block after which it was sent last. */
  sent_block: number | null;
  block: number | null;
  entry_id: string | null;
  path: string | null;
  created_us: number | null;
}

interface ExportServicesTable {
  instance_id: string;
  family_id: string;
  miner: string;
  since_run: number;
  started_us: number;
  ended_us: number | null;
  /** When its end became known. */
  settled_us: number | null;
  reason: string | null;
  unmeasured: boolean;
  multiplier_micro: number;
}

interface ExportHistoryTable {
  instance_id: string;
  run_index: number;
  multiplier_micro: number;
  started_us: number;
  ended_us: number;
  settled_us: number;
}

interface ExportRunsTable {
  run_index: number;
  family_id: string;
  started_us: number;
  ended_us: number;
  settled_us: number;
  text: string;
}

interface MinerReportsTable {
  entry_id: string;
  hotkey: string;
  block: number;
  path: string;
  sha256: string;
  start_us: number;
  end_us: number;
  created_us: number;
}

interface ReceiptLedgersTable {
  hotkey: string;
  ledger_id: string;
  next: number;
  root: string;
  taken_us: number;
}

interface ReceiptsTable {
  hotkey: string;
  ledger_id: string;
  index: number;
  /** The receipt with its proof, as JSON. */
  text: string;
  taken_us: number;
  /** End of the slice that holds it; null until one is built. */
  slice_us: number | null;
}
