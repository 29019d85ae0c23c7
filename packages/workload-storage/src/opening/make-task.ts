import { CodedError, toHex } from "@neurond/primitives";
import { challengeSeed } from "../challenge.ts";
import { compareBytes } from "../entry.ts";
import type { StorageCode } from "../errors.ts";
import { bytesOf } from "../fields.ts";
import { inclusionPaths } from "../inclusion-paths.ts";
import type { SignedReceiptRecord } from "../receipt-record.ts";
import type { SlotTask } from "../task.ts";
import { openedBlocks } from "./ask.ts";
import { blocksOf } from "./blocks.ts";
import { type OpeningTask, openingChallengeOf } from "./task.ts";
import { VECTOR_HASHER, vectorRoot } from "./vector-committer.ts";

/** What a validator asks an opening of: the drawn shard, and all commitments to its blocks. */
export interface OpeningSubject {
  readonly receipt: SignedReceiptRecord;
  readonly commitments: readonly Uint8Array[];
  /** How many blocks are to be opened. */
  readonly blocks: number;
}

/**
 * The task of a slot, with the commitments of the blocks it draws. `slot` is a task's common part;
 * the shard is the one `pickShard` gave.
 * @throws CodedError PLAN_INVALID when the receipt is not over these commitments: nobody could
 * judge the answer
 */
export async function makeOpeningTask(
  slot: SlotTask,
  { receipt, commitments, blocks }: OpeningSubject,
): Promise<OpeningTask> {
  const { vector, size, shard_id } = receipt.receipt;
  const draft = { ...slot, blocks, receipt, commitments: [] };
  const challenge = openingChallengeOf(draft);
  if (
    vector === undefined ||
    challenge === null ||
    compareBytes(vectorRoot(commitments), bytesOf(vector.root)) !== 0
  ) {
    throw new CodedError<StorageCode>(
      "PLAN_INVALID",
      `the receipt of shard ${shard_id} is not over these ${commitments.length} commitments`,
      { shard: shard_id },
    );
  }
  const total = blocksOf(size, vector.sectors);
  const positions = openedBlocks(challengeSeed(challenge), total, blocks);
  const hashes = commitments.map((bytes) => VECTOR_HASHER.leaf(bytes));
  const paths = await inclusionPaths(VECTOR_HASHER, hashes, positions);
  return {
    ...draft,
    commitments: positions.map((position, at) => ({
      point: toHex(commitments[position] ?? new Uint8Array()),
      path: (paths[at] ?? []).map(toHex),
    })),
  };
}
