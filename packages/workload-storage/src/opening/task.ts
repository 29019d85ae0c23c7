import { z } from "zod";
import { type Challenge, MODE } from "../challenge.ts";
import { bytesOf, field } from "../fields.ts";
import { SignedReceiptRecord } from "../receipt-record.ts";
import { Place } from "../shard-slots/place.ts";
import { challengeOfSlot, slotEvidence, slotFields } from "../task.ts";
import { openingParams } from "./ask.ts";

/** The most blocks one challenge may open. */
export const MAX_OPENED = 1024;
/** Bytes of the longest proof: suite 1, 1024 sectors. */
const MAX_PROOF_BYTES = 757;
/** A path in the tree over the blocks of the largest shard. */
const MAX_PATH = 30;

/**
 * A challenge of mode `opening` as it is recorded: the shard by its receipt, which both sides signed
 * and which says how blocks are committed to, and the commitments of the drawn blocks with paths.
 */
export const OpeningTask = z.strictObject({
  ...slotFields,
  /** How many blocks are to be opened. */
  blocks: z.int().min(1).max(MAX_OPENED),
  receipt: SignedReceiptRecord,
  /** Where the shard stands among those the slot could ask about; a run's plan says so. */
  place: z.exactOptional(Place),
  /** Of each drawn block, ascending. */
  commitments: z
    .array(z.strictObject({ point: field.hexUpTo(33), path: z.array(field.hash).max(MAX_PATH) }))
    .min(1)
    .max(MAX_OPENED),
});
export type OpeningTask = z.infer<typeof OpeningTask>;

/** What a probe brings back; the answer is the proof. */
export const OpeningEvidence = z.strictObject({
  ...slotEvidence,
  answer: field.hexUpTo(MAX_PROOF_BYTES),
});
export type OpeningEvidence = z.infer<typeof OpeningEvidence>;

/** The challenge a recorded task is; null when its receipt commits to no blocks. */
export function openingChallengeOf(task: OpeningTask): Challenge | null {
  const { vector, shard_id } = task.receipt.receipt;
  if (vector === undefined) return null;
  const params = openingParams({
    suite: vector.suite,
    sectors: vector.sectors,
    wanted: task.blocks,
    shardId: bytesOf(shard_id),
  });
  return challengeOfSlot(task, { mode: MODE.opening, params });
}
