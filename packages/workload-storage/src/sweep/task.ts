import { z } from "zod";
import { type Challenge, MODE, periodOf } from "../challenge.ts";
import { compareBytes } from "../entry.ts";
import type { Entries } from "../entry-list.ts";
import { bytesOf, field } from "../fields.ts";
import type { InventoryTree } from "../inventory-tree.ts";
import { MAX_TOTAL_LEAVES } from "../limits.ts";
import { challengeOfSlot, slotEvidence, slotFields } from "../task.ts";
import { sweepAnswerBytes } from "./answer.ts";
import { covers, type Grant } from "./grant.ts";
import { IndexRanges } from "./index-ranges.ts";
import type { Period } from "./keys.ts";
import { sweepList, sweepParams } from "./list.ts";

/** The most shards an answer may concede; with more the slot is as good as unanswered. */
export const MAX_CONCEDED = 65_536;

/** Blocks of a period, as plans and records state it. */
export const periodBlocks = z.int().min(1).max(10_000_000);

/** A challenge of mode `sweep` as it is recorded: all inputs of its seed, and what its key must open. */
export const SweepTask = z.strictObject({
  mode: z.literal("sweep"),
  ...slotFields,
  /** 0 for all shards. */
  budget_rows: z.int().min(0).max(MAX_TOTAL_LEAVES),
  /** Blocks of a period, as the plan has it. */
  period_blocks: periodBlocks,
  /** The entries whose logged grants cover the period: what the list is drawn from. */
  granted: IndexRanges,
  /** The validator's commitment for the period of the beacon block. */
  commitment: field.hash,
});
export type SweepTask = z.infer<typeof SweepTask>;

/** What a probe brings back, with the validator's claim about it, and later the period's secret. */
export const SweepEvidence = z.strictObject({
  ...slotEvidence,
  answer: field.hexUpTo(sweepAnswerBytes(MAX_CONCEDED)),
  /** 0 failed, 1 passed, 2 unknown. */
  verdict: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  /** The validator's, over seed, answer, verdict and times. */
  verdict_signature: field.signature,
  /** The period's secret, once it is revealed. */
  period_secret: z.exactOptional(field.hash),
});
export type SweepEvidence = z.infer<typeof SweepEvidence>;

/** What a miner held in a run, as archive and log tell. */
export interface SweepHoldings {
  readonly inventory: InventoryTree;
  /** Ascending indices of entries with a logged grant for the period; see `grantedIndices`. */
  readonly granted: readonly number[];
}

/** The challenge a recorded sweep is. */
export function sweepChallengeOf(task: SweepTask): Challenge {
  const challenge = challengeOfSlot(task, {
    mode: MODE.sweep,
    params: sweepParams(task.budget_rows),
  });
  return { ...challenge, periodBlocks: task.period_blocks };
}

/** The period whose tags a recorded sweep is about. */
export function periodOfSweep({ netuid, validator, beacon, period_blocks }: SweepTask): Period {
  return {
    netuid,
    validator,
    period: periodOf(beacon.block, period_blocks),
    blocks: period_blocks,
  };
}

/** The shards a recorded sweep asks for; null when these are not the holdings of its inventory. */
export function listOfSweep(
  task: SweepTask,
  seed: Uint8Array,
  holdings: SweepHoldings,
): readonly number[] | null {
  const { inventory, granted } = holdings;
  const { count, total, hash } = task.inventory;
  const same = inventory.count === count && inventory.total === total;
  if (!same || compareBytes(inventory.hash, bytesOf(hash)) !== 0) return null;
  return sweepList(seed, task.budget_rows, granted, inventory.entries);
}

/** The entries that some grant covers in a period, ascending. Whose grants hold is the caller's. */
export function grantedIndices(
  entries: Entries,
  grants: readonly Grant[],
  period: number,
): readonly number[] {
  const byShard = new Map<string, Grant[]>();
  for (const grant of grants) {
    const name = String(grant.shardId);
    byShard.set(name, [...(byShard.get(name) ?? []), grant]);
  }
  const granted: number[] = [];
  let index = 0;
  for (const entry of entries) {
    const own = byShard.get(String(entry.shardId)) ?? [];
    if (own.some((grant) => covers(grant, entry, period))) granted.push(index);
    index += 1;
  }
  return granted;
}
