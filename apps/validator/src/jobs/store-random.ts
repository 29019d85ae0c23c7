import { createHash, randomBytes } from "node:crypto";
import type { Uid } from "@neurond/primitives";
import type { JobRun } from "@neurond/storage-rules/io";
import { shardIdOf } from "@neurond/workload-storage/file";
import { ShardHasher } from "@neurond/workload-storage/io";
import type { ServingMiner } from "../storage/passing/miner-view.ts";
import { passShard } from "../storage/passing/pass-shard.ts";
import { drawMiners } from "./draw-miners.ts";
import { type Heard, type JobParts, recordTask } from "./job-parts.ts";
import { announceTask } from "./task-events.ts";

const MIB = 1_048_576;
/** Natural logarithm's spread of the sizes of test data; their median is 1 MiB. */
const SIGMA = 1.5;
/** Longest test data: it is held in memory while it is handed over. */
const MAX_BYTES = 16 * MIB;

/**
 * Stores random bytes on drawn miners. Nobody keeps them or what they came from: only who stores them
 * can give them back, and nothing tells a miner that they are nobody's.
 */
export async function storeRandom(
  parts: JobParts,
  { block, signal, limit }: JobRun,
): Promise<void> {
  const { config } = parts;
  const timeoutMs = config["neuron.store_timeout"] * 1000;
  const count = Math.min(config["neuron.store_sample_size"], MAX_MINERS);
  const excluded: Uid[] = [];
  for (let round = 0; round < config["neuron.num_concurrent_forwards"]; round += 1) {
    const drawn = await drawMiners(parts, { purpose: "store", count, excluded }, signal);
    if (drawn === null) return;
    excluded.push(...(drawn.record.uids as Uid[]));
    const takers = await parts.giving.miners(signal);
    const open = drawn.miners.filter(({ hotkey }) => takers.has(hotkey));
    const copies = config["neuron.store_redundancy"];
    const heard: Heard[] = [];
    // Each piece goes to so many miners; all that were drawn are given one.
    for (let at = 0; at < open.length; at += copies) {
      const holders = open.slice(at, at + copies);
      heard.push(...(await storePiece(parts, { holders, timeoutMs, limit }, signal)));
    }
    if (heard.length === 0) continue;
    const record = await recordTask(parts, { task: "store", block, timeoutMs }, heard);
    await announceTask(parts, record, { heard, uids: drawn.uids });
  }
}

const MAX_MINERS = 256;

async function storePiece(
  parts: JobParts,
  wanted: {
    readonly holders: readonly ServingMiner[];
    readonly timeoutMs: number;
    readonly limit: JobRun["limit"];
  },
  signal: AbortSignal,
): Promise<readonly Heard[]> {
  const { holders, timeoutMs, limit } = wanted;
  const longest = Math.min(MAX_BYTES, parts.config.storage.maxShardBytes);
  const fileId = randomBytes(32);
  const bytes = randomBytes(sizeOf(parts.config["neuron.maxsize"], longest));
  const asked = holders.map((miner, index) =>
    limit(() => give(parts, { miner, index, fileId, bytes, timeoutMs }, signal)),
  );
  return Promise.all(asked);
}

interface Piece {
  readonly miner: ServingMiner;
  readonly index: number;
  readonly fileId: Uint8Array;
  readonly bytes: Buffer;
  readonly timeoutMs: number;
}

async function give(
  { giving, config }: JobParts,
  { miner, index, fileId, bytes, timeoutMs }: Piece,
  signal: AbortSignal,
): Promise<Heard> {
  const place = { fileId, segment: 0, index, generation: 0, miner: miner.hotkey };
  const hasher = new ShardHasher();
  hasher.update(Buffer.from(bytes));
  const shard = {
    ...place,
    shardId: shardIdOf(place),
    root: hasher.finish().root,
    sizeBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest(),
  };
  const began = performance.now();
  const heard = (isSuccess: boolean, code: number, message: string): Heard => ({
    miner: miner.hotkey,
    isSuccess,
    elapsedMs: performance.now() - began,
    bytes: isSuccess ? bytes.length : 0,
    status: { code, message },
  });
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const deps = { ...giving, ttlBlocks: config["neuron.data_ttl"] };
  try {
    await passShard(deps, shard, once(bytes), within);
    return heard(true, 200, "OK");
  } catch (error) {
    signal.throwIfAborted();
    return heard(false, 0, error instanceof Error ? error.message : "not taken");
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield Uint8Array.from(bytes);
}

/** Uniform up to `maxsize`; log-normal around 1 MiB where that is 0. */
function sizeOf(maxsize: number, longest: number): number {
  const share = () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48;
  if (maxsize > 0) return 1 + Math.floor(share() * Math.min(maxsize, longest));
  const normal = Math.sqrt(-2 * Math.log(1 - share())) * Math.cos(2 * Math.PI * share());
  return Math.max(1, Math.min(longest, Math.round(MIB * Math.exp(SIGMA * normal))));
}
