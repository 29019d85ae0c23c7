import { z } from "zod";

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Count = z.int().nonnegative();

/** A run whose scores were settled in the slice: what its rows must come to, exactly. */
export const StatedRun = z.object({
  run_id: z.string().min(1),
  family_id: z.string().min(1),
  workload: z.string().min(1),
  /** Settled tasks below which a miner has no score. */
  min_tasks: Count,
  /** Entries of the log, from the first to before the last, that hold its observations. */
  log_from: Count,
  log_to: Count,
  /** SHA-256 of the signed report of the run, as it is served. */
  report_sha256: Digest,
  /** Millionths by hotkey. */
  scores: z.record(z.string(), z.int().min(0).max(1_000_000)),
  /** What was logged before the run that its scores follow from beside the rows. */
  documents: z.exactOptional(
    z.array(z.object({ type: z.string(), miner: z.string().nullable(), body: z.unknown() })),
  ),
});
export type StatedRun = z.infer<typeof StatedRun>;

/** What the shares of the week before the end of the slice follow from. */
export const StatedScoring = z.object({
  /** Name and version of the formula, such as `compute_units/1`. */
  profile: z.string().min(1),
  as_of: z.string(),
  /** Block at which the members were read. */
  block: Count,
  rules: z.unknown(),
  /** SHA-256 of each table of inputs, and of all of them. */
  inputs: z.record(z.string(), z.string()),
  inputs_root: z.string(),
  /** Integers as decimal text, by hotkey; zeros are left out. */
  scores: z.record(z.string(), z.string().regex(/^[1-9]\d*$/)),
});
export type StatedScoring = z.infer<typeof StatedScoring>;

/** Receipts of one ledger that a slice has rows of. */
export const StatedReceipts = z.object({
  hotkey: z.string().min(1),
  ledger_id: z.string().regex(/^[0-9a-f]{32}$/),
  /** Places in the ledger, from the first to before the last; those that are no request have no row. */
  from: Count,
  to: Count,
  rows: Count,
});
export type StatedReceipts = z.infer<typeof StatedReceipts>;

/**
 * What our own validators say beside the tables of old, so that everything can be computed again:
 * the entries of their log that the rows are made of, settled runs, and inputs of shares.
 */
export const Statement = z.object({
  /** The first rows are the observations among these entries, in their order. */
  log: z.object({ from: Count, to: Count, root: Digest }),
  runs: z.array(StatedRun),
  scoring: StatedScoring.nullable(),
  /** The other rows: requests through miners' proxies, by the ledger that holds their receipts. */
  receipts: z.array(StatedReceipts).default([]),
});
export type Statement = z.infer<typeof Statement>;
