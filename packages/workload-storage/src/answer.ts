import { type LeafRange, u32 } from "@neurond/crypto";
import { concatBytes } from "@noble/hashes/utils.js";
import { ENTRY_BYTES, type Entry, encodeEntry } from "./entry.ts";
import type { InventoryTree } from "./inventory-tree.ts";
import { LEAF_BYTES, leavesOf, MAX_SHARD_BYTES } from "./limits.ts";
import { outsideRanges } from "./multiproof.ts";
import { SUM_NODE_BYTES, writeSumNode } from "./sum-node.ts";

/** What is wanted of one shard. */
export interface ShardSample {
  readonly entry: Entry;
  /** Leaves, ascending. */
  readonly leaves: readonly number[];
  /** Subtrees of the shard's tree that hold none of them, from left to right. */
  readonly ranges: readonly LeafRange[];
}

/** Leaf bytes and subtree hashes of one shard, in the order they were asked for. */
export interface ShardProof {
  readonly leaves: readonly Uint8Array[];
  readonly hashes: readonly Uint8Array[];
}

/** Where an answer finds what a shard is made of; asked once per shard. */
export interface ShardReader {
  readSample(sample: ShardSample): Promise<ShardProof>;
}

/** Shards read at once; each may keep two files open. */
const PARALLEL_SHARDS = 32;

/**
 * The one answer to a challenge: listed entries, the inventory between them, and per entry its
 * leaves and the tree between those. There are no length fields; every length follows from what the
 * verifier knows, so exactly one byte string answers a challenge.
 */
export async function buildAnswer(
  inventory: InventoryTree,
  positions: readonly number[],
  shards: ShardReader,
): Promise<Uint8Array> {
  const wanted = samplesOf(inventory, positions);
  const listed = [...wanted.keys()];
  const proofs: ShardProof[] = [];
  const samples = [...wanted.values()];
  for (let at = 0; at < samples.length; at += PARALLEL_SHARDS) {
    const batch = samples.slice(at, at + PARALLEL_SHARDS);
    proofs.push(...(await Promise.all(batch.map((each) => shards.readSample(each)))));
  }
  return concatBytes(
    u32(listed.length),
    ...[...wanted].flatMap(([index, { entry }]) => [u32(index), encodeEntry(entry)]),
    ...outsideRanges(inventory.count, listed).map((range) => {
      const bytes = new Uint8Array(SUM_NODE_BYTES);
      writeSumNode(bytes, 0, inventory.node(range));
      return bytes;
    }),
    ...proofs.flatMap(({ leaves, hashes }) => [...leaves, ...hashes]),
  );
}

/** What the positions want of each shard, by index of the entry, ascending. */
function samplesOf(
  inventory: InventoryTree,
  positions: readonly number[],
): ReadonlyMap<number, ShardSample> {
  const leavesByEntry = new Map<number, number[]>();
  for (const position of positions) {
    const { index, leaf } = inventory.locate(position);
    const leaves = leavesByEntry.get(index);
    if (leaves === undefined) leavesByEntry.set(index, [leaf]);
    else leaves.push(leaf);
  }
  const samples = new Map<number, ShardSample>();
  for (const [index, leaves] of leavesByEntry) {
    const entry = inventory.entries.at(index);
    if (entry === undefined) continue;
    samples.set(index, { entry, leaves, ranges: outsideRanges(leavesOf(entry.size), leaves) });
  }
  return samples;
}

const MAX_PATH = Math.log2(MAX_SHARD_BYTES / LEAF_BYTES);
const MAX_INVENTORY_PATH = 32;

/** A bound on the bytes of any answer to a challenge of so many samples; more need not be read. */
export function maxAnswerBytes(samples: number): number {
  const perSample =
    4 + ENTRY_BYTES + MAX_INVENTORY_PATH * SUM_NODE_BYTES + LEAF_BYTES + MAX_PATH * 32;
  return 4 + samples * perSample;
}
