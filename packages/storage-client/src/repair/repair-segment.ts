import { fromHex, type Hotkey, isCoded, toHex } from "@neurond/primitives";
import {
  type Manifest,
  type ManifestShard,
  type Repair,
  roundOf,
  sealKeyOf,
  shardBytes,
  shardsOf,
  signRepair,
} from "@neurond/workload-storage/file";
import { getSegment } from "../get-segment.ts";
import type { StorageNetwork, StoredShard } from "../network.ts";
import { Meter } from "../progress.ts";
import { INLINE, type ShardWorkers } from "../work-pool.ts";
import { MovedShards } from "./moved-shards.ts";

export interface RepairOptions {
  readonly network: Pick<StorageNetwork, "fetch" | "place" | "deliver">;
  /** Checked; see `decodeManifest`. */
  readonly manifest: Manifest;
  readonly segment: number;
  /**
   * Indices of shards that count no more; those that no miner ever took need not be named. They are made
   * anew, and asked for only where the others do not bring the segment back.
   */
  readonly lost: readonly number[];
  readonly sealSecret: Uint8Array;
  /** Whom the manifest names for these shards, and its signature. */
  readonly custodian: Hotkey;
  readonly sign: (digest: Uint8Array) => Uint8Array;
  /** Who does the sums; the calling thread unless given. */
  readonly workers?: ShardWorkers;
  readonly hedgeMs?: number;
  readonly signal: AbortSignal;
  /** Told of each shard that did not come back as promised. */
  readonly onBadShard?: (shard: StoredShard, cause: unknown) => void;
}

/** What a repair came to. */
export interface RepairedSegment {
  /** To be kept at the network; null when nothing was moved. */
  readonly repair: Repair | null;
  readonly moved: readonly ManifestShard[];
  /** Indices that no miner took. */
  readonly unplaced: readonly number[];
  /** Bytes that were fetched and handed over. */
  readonly bytes: number;
}

const HEDGE_MS = 3_000;

/**
 * Makes the missing shards of a segment anew of any k that are left, and hands them to miners without
 * a part in it. Shards that prove wrong while they are fetched are made anew as well. Nothing changes
 * until the record it returns is kept: after a crash the same repair gives the same shards again.
 * What counts as lost may be there: a miner that was silent for a while is asked last, not never,
 * since every shard is checked against its root.
 * @throws CodedError SHARD_MISSING when too few shards come back, ROOT_MISMATCH when what was made is
 * not what the owner stored
 */
export async function repairSegment(options: RepairOptions): Promise<RepairedSegment> {
  const { manifest, segment, signal, sealSecret, network, custodian } = options;
  const { rs, id, revision } = manifest;
  const [k, n] = rs;
  const workers = options.workers ?? INLINE;
  const current = shardsOf(manifest, segment);
  const lost = new Set(options.lost);
  const end = Math.min(manifest.size, (segment + 1) * manifest.segment_size);
  const size = shardBytes(end - segment * manifest.segment_size, k);
  const data = new Uint8Array(new SharedArrayBuffer(k * size));
  const meter = new Meter(undefined);
  const byId = new Map(current.map((shard) => [shard.shard_id, shard]));
  const round = roundOf(manifest, segment) + 1;
  const moving = new MovedShards({
    ...{ manifest, segment, round, data, size, custodian, sealSecret, network, workers, signal },
    plainRoots: plainRootsOf(manifest, segment),
    avoid: current.map(({ miner }) => miner),
  });
  const known = missingOf(n, current, lost);
  if (known.length > 0 && !(await moving.findTaker())) {
    // Nothing is fetched for nothing, again and again, while all that serve have a part already.
    return { repair: null, moved: [], unplaced: known, bytes: 0 };
  }
  await getSegment(
    {
      manifest,
      doubtful: new Set(lost),
      secrets: { sealKey: (shardId) => sealKeyOf(sealSecret, fromHex(shardId)) },
      ...{ network, workers, meter, signal },
      hedgeMs: options.hedgeMs ?? HEDGE_MS,
      onBadShard: (shard, cause) => {
        const wrong = byId.get(toHex(shard.shardId));
        const isProof = isCoded(cause, "ROOT_MISMATCH") || isCoded(cause, "SIZE_MISMATCH");
        if (wrong !== undefined && isProof) lost.add(wrong.i);
        options.onBadShard?.(shard, cause);
      },
    },
    segment,
    Array.from({ length: k }, (_, i) => i),
    data,
  );
  const missing = missingOf(n, current, lost);
  const moved = (await moving.move(missing)).toSorted((a, b) => a.i - b.i);
  const taken = new Set(moved.map(({ i }) => i));
  const unplaced = missing.filter((i) => !taken.has(i));
  const bytes = (k + moved.length) * size;
  if (moved.length === 0) return { repair: null, moved, unplaced, bytes };
  const kept = current.filter(({ i }) => !taken.has(i));
  const shards = [...kept, ...moved].sort((a, b) => a.i - b.i);
  const unsigned = { segment, revision, round, shards, by: custodian };
  return { repair: signRepair(id, unsigned, options.sign), moved, unplaced, bytes };
}

function missingOf(
  n: number,
  current: readonly ManifestShard[],
  lost: ReadonlySet<number>,
): readonly number[] {
  const there = new Set(current.map(({ i }) => i).filter((i) => !lost.has(i)));
  return Array.from({ length: n }, (_, i) => i).filter((i) => !there.has(i));
}

/** What each shard must be before it is sealed, by index. */
function plainRootsOf(manifest: Manifest, segment: number): ReadonlyMap<number, string> {
  const all = [...shardsOf(manifest, segment), ...(manifest.segments[segment]?.shards ?? [])];
  return new Map(all.map(({ i, plain_root }) => [i, plain_root]));
}
