import { z } from "zod";
import { MAX_TOTAL_LEAVES } from "./limits.ts";
import { isSectorCount } from "./opening/blocks.ts";
import { MAX_OPENED } from "./opening/task.ts";
import { defaultBudget } from "./sweep/list.ts";
import { ROW_BYTES } from "./sweep/rows.ts";
import { MAX_SAMPLES } from "./task.ts";

/** The longest that any answer may take. */
const MAX_DEADLINE_MS = 600_000;

const deadline = { deadline_ms: z.int().min(1).max(MAX_DEADLINE_MS) };
/** Where whole shards are read, the deadline grows with them. */
const throughput = { bytes_per_second: z.int().min(1) };

/** What one slot of a run asks of every miner. */
export const SlotPlan = z.discriminatedUnion("mode", [
  z.strictObject({
    mode: z.literal("sample"),
    samples: z.int().min(1).max(MAX_SAMPLES),
    ...deadline,
  }),
  z.strictObject({
    mode: z.literal("sweep"),
    /** 0 for everything; absent: a twentieth of what the miner holds, a gibibyte at least. */
    budget_rows: z.exactOptional(z.int().min(0).max(MAX_TOTAL_LEAVES)),
    ...deadline,
    ...throughput,
  }),
  z.strictObject({
    mode: z.literal("opening"),
    /** Curve and sectors of the commitments that are opened; shards with others are not asked. */
    suite: z.union([z.literal(1), z.literal(2)]),
    sectors: z.int().refine(isSectorCount),
    blocks: z.int().min(1).max(MAX_OPENED),
    ...deadline,
  }),
  z.strictObject({
    mode: z.literal("token"),
    alg: z.union([z.literal(1), z.literal(2)]),
    ...deadline,
    ...throughput,
  }),
]);
export type SlotPlan = z.infer<typeof SlotPlan>;

/** What is asked of a miner in a run, slot after slot. */
export interface StoragePlan {
  readonly slots: readonly SlotPlan[];
  /** What sweeps of the run's period need; null where none can be. */
  readonly period: SweptPeriod | null;
}

/** The period that a run's sweeps fall in. */
export interface SweptPeriod {
  readonly blocks: number;
  /** What its secret must hash to. */
  readonly commitment: string;
  /** The block from which this validator sweeps. */
  readonly since: number;
}

/** Twenty drawn leaves: a miner that lost a twentieth is caught in two runs of three. */
export const SAMPLE_SLOT = { mode: "sample", samples: 20, deadline_ms: 10_000 } as const;
/** Every byte of a share of the shards: fetching them in time takes 100 MB/s. */
export const SWEEP_SLOT = {
  mode: "sweep",
  deadline_ms: 5_000,
  bytes_per_second: 100_000_000,
} as const;

/** Twenty blocks of one shard: proving takes a fraction of a second. */
export const OPENING_SLOT = {
  mode: "opening",
  suite: 2,
  sectors: 64,
  blocks: 20,
  deadline_ms: 30_000,
} as const;

/** From so many tokens on, the faster algorithm makes them. */
const FAST_TOKENS = 8;

/** Every byte of one shard, by the algorithm that suits the number of tokens made for it. */
export function tokenSlot(count: number) {
  const alg = count > FAST_TOKENS ? 2 : 1;
  return { mode: "token", alg, deadline_ms: 5_000, bytes_per_second: 100_000_000 } as const;
}

/** The rows of a miner's granted shards, as its inventory states them. */
export interface GrantedRows {
  readonly rows: number;
  /** Of the largest shard: a list may exceed its budget by so many. */
  readonly largest: number;
}

/** Budget and deadline of a sweep: the more may be read, the more time there is. */
export function sweepTerms(
  slot: Extract<SlotPlan, { mode: "sweep" }>,
  { rows, largest }: GrantedRows,
): { readonly budgetRows: number; readonly deadlineMs: number } {
  const budgetRows = slot.budget_rows ?? defaultBudget(rows);
  const swept = budgetRows === 0 ? rows : Math.min(rows, budgetRows + largest);
  return { budgetRows, deadlineMs: deadlineFor(slot, swept * ROW_BYTES) };
}

/** The deadline of an answer that takes reading so many bytes. */
export function deadlineFor(
  slot: { readonly deadline_ms: number; readonly bytes_per_second: number },
  bytes: number,
): number {
  const readMs = Math.ceil((bytes * 1_000) / slot.bytes_per_second);
  return Math.min(MAX_DEADLINE_MS, slot.deadline_ms + readMs);
}
