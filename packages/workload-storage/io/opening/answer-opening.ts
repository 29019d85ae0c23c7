import { CodedError, fromHex } from "@neurond/primitives";
import { challengeSeed, type StorageCode } from "@neurond/workload-storage";
import {
  blockBytes,
  type OpeningTask,
  openingChallengeOf,
  proveOpening,
  statementOfTask,
} from "@neurond/workload-storage/opening";
import { shardNameOf } from "../shard-paths.ts";
import type { ShardStore } from "../shard-store.ts";

export interface OpeningSource {
  readonly store: Pick<ShardStore, "read">;
  /** The shard's blinding key; null when its commitments do not hide. */
  readonly blindKey: Uint8Array | null;
  /** 32 fresh random bytes. */
  readonly randomness: Uint8Array;
}

/**
 * A miner's proof for an opening: reads the drawn blocks from disk, nothing else.
 * @throws CodedError CHALLENGE_REFUSED when the task's commitments are not under its receipt's root,
 * so that no proof could hold; SHARD_MISSING after a loss
 */
export async function answerOpening(
  task: OpeningTask,
  { store, blindKey, randomness }: OpeningSource,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const challenge = openingChallengeOf(task);
  const statement = challenge && statementOfTask(task, challengeSeed(challenge));
  if (statement === null) {
    throw new CodedError<StorageCode>(
      "CHALLENGE_REFUSED",
      "the task's commitments are not those of the drawn blocks under its receipt's root",
    );
  }
  const { shard_id, size } = task.receipt.receipt;
  const shardId = fromHex(shard_id);
  const length = blockBytes(statement.sectors);
  const blocks: Uint8Array[] = [];
  for (const position of statement.positions) {
    signal.throwIfAborted();
    const [from, to] = [position * length, Math.min(size, (position + 1) * length)];
    const parts: Uint8Array[] = [];
    for await (const part of store.read(shardNameOf(shardId), from, to)) parts.push(part);
    blocks.push(Buffer.concat(parts));
  }
  const blinding = blindKey === null ? null : { key: blindKey, shardId };
  return proveOpening(statement, { blocks, blinding, randomness });
}
