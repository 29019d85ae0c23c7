/** How receipts are kept. */
export interface ReceiptSettings {
  /** Made when missing, for its owner only. One proxy writes to it. */
  readonly directory: string;
  /** Receipts of so long are written together. */
  readonly flushMs: number;
  /** A head is signed so often while receipts come in. */
  readonly checkpointMs: number;
  /** Receipts not yet written; beyond, they are lost, and the ledger says how many. */
  readonly maxPending: number;
  /** Of all files; beyond, the oldest receipts go. */
  readonly maxBytes: number;
  readonly retentionDays: number;
  /** Validators' APIs that receipts are handed to, for everybody to read. */
  readonly handTo: readonly string[];
  /** So often. */
  readonly handMs: number;
}

export const RECEIPT_DEFAULTS = {
  flushMs: 100,
  checkpointMs: 1_000,
  maxPending: 65_536,
  maxBytes: 10 * 1024 ** 3,
  retentionDays: 90,
  handTo: [],
  handMs: 60_000,
} as const satisfies Omit<ReceiptSettings, "directory">;
