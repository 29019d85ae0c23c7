import { canonicalJson, toHex } from "@neurond/primitives";
import type { StorageTask } from "../any-task.ts";
import { bytesOf } from "../fields.ts";
import { makeOpeningTask } from "../opening/make-task.ts";
import { OpeningTask } from "../opening/task.ts";
import type { SignedReceiptRecord } from "../receipt-record.ts";
import { deadlineFor, type SlotPlan } from "../slot-plan.ts";
import type { SlotTask } from "../task.ts";
import { TokenTask } from "../token/task.ts";
import { type Askable, askablePath, type TokenShard } from "./askable.ts";
import type { AskableHead } from "./askable-document.ts";
import { entryOfReceipt, isAt, type Place } from "./place.ts";

/** The shard of a slot, as far as it follows from a run's record: its place in an anchored list. */
export interface DrawnShard {
  readonly plan: Extract<SlotPlan, { mode: "opening" | "token" }>;
  readonly common: Omit<SlotTask, "deadline_ms">;
  readonly list: AskableHead;
  readonly index: number;
}

/** What a task about one shard takes beside the draw, from whoever stored it. */
export interface ShardMaterial {
  readonly receipt: SignedReceiptRecord;
  /** Commitments to all blocks; null unless blocks are opened. */
  readonly commitments: readonly Uint8Array[] | null;
}

/**
 * The task of a drawn shard; null when the list is not the anchored one's or the shard cannot be asked.
 * @throws CodedError PLAN_INVALID when the receipt is not over these commitments
 */
export async function taskOfShard(
  drawn: DrawnShard,
  list: readonly Askable[],
  { receipt, commitments }: ShardMaterial,
): Promise<StorageTask | null> {
  const { plan, common, index } = drawn;
  const asked = list[index];
  if (asked === undefined) return null;
  const place = { index, path: (await askablePath(list, index)).map(toHex) };
  const slot = { ...common, deadline_ms: deadlineOf(plan, asked.entry.size) };
  const task =
    asked.mode === "token"
      ? tokenTask(slot, asked, receipt, place)
      : plan.mode === "opening" && commitments !== null
        ? {
            ...(await makeOpeningTask(slot, { receipt, commitments, blocks: plan.blocks })),
            place,
          }
        : null;
  return task !== null && isTaskOf(drawn, task) ? task : null;
}

function tokenTask(
  slot: SlotTask,
  { alg, number, seedCommit }: TokenShard,
  receipt: SignedReceiptRecord,
  place: Place,
): TokenTask {
  return { ...slot, receipt, place, alg, number, seed_commit: toHex(seedCommit) };
}

/**
 * Whether a task is the one that a run's record gives for the slot: about the drawn shard of the
 * anchored list, with the planned parameters. Which blocks are opened follows from its seed, and whether
 * its commitments are theirs is for its judge.
 */
export function isTaskOf(drawn: DrawnShard, task: unknown): boolean {
  const { plan, common, list, index } = drawn;
  const read = plan.mode === "opening" ? openingOf(plan, task) : tokenOf(plan, task);
  if (read === null) return false;
  const { place, deadline_ms, receipt, askable, ...rest } = read;
  if (place === undefined || place.index !== index || !isAt(askable, place, list)) return false;
  const isSlot = canonicalJson(rest.common) === canonicalJson(common);
  return isSlot && deadline_ms === deadlineOf(plan, receipt.receipt.size);
}

function openingOf(plan: Extract<SlotPlan, { mode: "opening" }>, value: unknown) {
  const task = OpeningTask.safeParse(value).data;
  const vector = task?.receipt.receipt.vector;
  if (task === undefined || vector === undefined) return null;
  const { blocks, receipt, commitments: _, place, deadline_ms, ...common } = task;
  const { suite, sectors, root } = vector;
  if (suite !== plan.suite || sectors !== plan.sectors || blocks !== plan.blocks) return null;
  const entry = entryOfReceipt(receipt.receipt);
  const committed = { suite, sectors, root: bytesOf(root) };
  const askable: Askable = { mode: "opening", entry, vector: committed };
  return { common, place, deadline_ms, receipt, askable };
}

function tokenOf(plan: Extract<SlotPlan, { mode: "token" }>, value: unknown) {
  const task = TokenTask.safeParse(value).data;
  const tokens = task?.receipt.receipt.tokens;
  if (task === undefined || tokens === undefined || task.alg !== plan.alg) return null;
  const { alg, number, seed_commit, receipt, place, deadline_ms, ...common } = task;
  const askable: Askable = {
    mode: "token",
    entry: entryOfReceipt(receipt.receipt),
    tokens: { count: tokens.count, root: bytesOf(tokens.root) },
    alg,
    number,
    seedCommit: bytesOf(seed_commit),
  };
  return { common, place, deadline_ms, receipt, askable };
}

function deadlineOf(plan: DrawnShard["plan"], size: number): number {
  return plan.mode === "opening" ? plan.deadline_ms : deadlineFor(plan, size);
}
