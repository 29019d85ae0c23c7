import { Draw } from "@neurond/crypto";
import { fromHex, type Hex, isCoded, toHex, type Uid } from "@neurond/primitives";
import type { JobRun } from "@neurond/storage-rules/io";
import type { ShardRecord } from "@neurond/store";
import { ShardHasher } from "@neurond/workload-storage/io";
import type { ServingMiner } from "../storage/passing/miner-view.ts";
import { drawMiners } from "./draw-miners.ts";
import { type Heard, type JobParts, recordTask } from "./job-parts.ts";
import { announceTask } from "./task-events.ts";

/** With this status a miner says that it lost what it signed for. */
const GONE = 410;

/**
 * Brings whole shards back from drawn miners, one from each, and computes their roots: who cannot
 * give back what it proves to hold has failed. Who holds nothing is neither rewarded nor punished.
 */
export async function retrieve(parts: JobParts, { block, signal, limit }: JobRun): Promise<void> {
  const { config } = parts;
  const timeoutMs = config["neuron.retrieve_timeout"] * 1000;
  const excluded: Uid[] = [];
  for (let round = 0; round < config["neuron.num_concurrent_forwards"]; round += 1) {
    const count = config["neuron.challenge_sample_size"];
    const drawn = await drawMiners(parts, { purpose: "retrieve", count, excluded }, signal);
    if (drawn === null) return;
    excluded.push(...(drawn.record.uids as Uid[]));
    const asked = await Promise.all(
      drawn.miners.map(async (miner) => {
        const shard = await pickShard(parts, miner, drawn.record.block_hash);
        if (shard === null) return null;
        const heard = await limit(() => bringBack(parts, { miner, shard, timeoutMs }, signal));
        const { isSuccess, status } = heard;
        // Silence may pass; other bytes than were signed for do not, nor what its miner says is gone.
        if (!isSuccess && status.code !== 0) {
          const { stores, now } = parts.validator;
          await stores.presence.damaged(shard.shardId, status.message, now());
        }
        return heard;
      }),
    );
    const heard = asked.filter((one) => one !== null);
    if (heard.length === 0) continue;
    const record = await recordTask(parts, { task: "retrieve", block, timeoutMs }, heard);
    await announceTask(parts, record, { heard, uids: drawn.uids });
  }
}

/** A shard of a miner that nobody could foresee before the round's block. */
async function pickShard(
  { validator: { identity, stores }, head }: JobParts,
  { hotkey: miner }: ServingMiner,
  blockHash: string,
): Promise<ShardRecord | null> {
  const draw = new Draw("validator/retrieve", Buffer.from(`${blockHash}${miner}`));
  const words = Array.from({ length: 4 }, () =>
    draw
      .next(1n << 63n)
      .toString(16)
      .padStart(16, "0"),
  );
  const from = `0x${words.join("")}` as Hex;
  return stores.shards.heldFrom({ validator: identity.hotkey, miner }, head(), from);
}

/** Reads a shard whole and holds it against the root and size of its receipt. */
export async function bringBack(
  { client }: Pick<JobParts, "client">,
  asked: { readonly miner: ServingMiner; readonly shard: ShardRecord; readonly timeoutMs: number },
  signal: AbortSignal,
): Promise<Heard> {
  const { miner, shard, timeoutMs } = asked;
  const began = performance.now();
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const heard = (isSuccess: boolean, code: number, message: string): Heard => ({
    miner: miner.hotkey,
    isSuccess,
    elapsedMs: performance.now() - began,
    bytes: isSuccess ? shard.sizeBytes : 0,
    status: { code, message },
  });
  try {
    const body = await client.get(miner, fromHex(shard.shardId), within);
    const hasher = new ShardHasher();
    let size = 0;
    for await (const piece of body) {
      const bytes = Uint8Array.from(piece as Uint8Array);
      size += bytes.length;
      if (size > shard.sizeBytes) return heard(false, 200, "longer than its receipt says");
      hasher.update(bytes);
    }
    if (size !== shard.sizeBytes) return heard(false, 200, "shorter than its receipt says");
    const isSame = toHex(hasher.finish().root) === shard.root;
    return heard(isSame, 200, isSame ? "OK" : "other bytes than its receipt says");
  } catch (error) {
    signal.throwIfAborted();
    const isGone = isCoded(error, "MINER_REFUSED") && error.context["status"] === GONE;
    if (isGone) return heard(false, GONE, "its miner has it no more");
    return heard(false, 0, "not given");
  }
}
