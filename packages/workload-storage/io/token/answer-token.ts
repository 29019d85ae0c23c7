import { CodedError, fromHex } from "@neurond/primitives";
import { compareBytes, type StorageCode } from "@neurond/workload-storage";
import { seedCommitOf, type TokenTask } from "@neurond/workload-storage/token";
import { shardNameOf } from "../shard-paths.ts";
import type { ShardStore } from "../shard-store.ts";
import { nativeAnswers } from "./native-answers.ts";

/**
 * A miner's answer to a token, over the whole shard from disk.
 * @throws CodedError CHALLENGE_REFUSED when the seed is not the committed one (SEED_MISMATCH): an
 * answer to it would be held against the miner; SHARD_MISSING after a loss
 */
export async function answerToken(
  store: Pick<ShardStore, "read">,
  task: Pick<TokenTask, "alg" | "seed_commit" | "receipt">,
  seed: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { shard_id, size } = task.receipt.receipt;
  if (compareBytes(seedCommitOf(seed), fromHex(task.seed_commit)) !== 0) {
    throw new CodedError<StorageCode>(
      "CHALLENGE_REFUSED",
      `the seed sent for shard ${shard_id} is not the committed one: SEED_MISMATCH`,
      { shard: shard_id, reason: "SEED_MISMATCH" },
    );
  }
  const state = nativeAnswers({ alg: task.alg, seed, size });
  for await (const bytes of store.read(shardNameOf(fromHex(shard_id)))) {
    signal.throwIfAborted();
    state.update(bytes);
  }
  return state.finish();
}
