import { type FileHandle, open } from "node:fs/promises";
import { merkleRoot, type TreeHasher, treeHasher } from "@neurond/crypto";
import { CodedError } from "@neurond/primitives";
import {
  LEAF_BYTES,
  leafLength,
  leavesOf,
  type ShardProof,
  type ShardSample,
  type StorageCode,
} from "@neurond/workload-storage";
import { readExactly } from "./directory-bodies.ts";
import { nativeSha256 } from "./native-sha256.ts";
import type { OpenBody } from "./shard-bodies.ts";
import { GROUP_LEAVES, groupsOf, HASH_BYTES, keptHashes, keptIndex } from "./tree-layout.ts";

/** A tree file up to this size is read at once, which costs less than its parts would. */
const WHOLE_TREE_BYTES = 4_194_304;
const GROUP_BYTES = GROUP_LEAVES * LEAF_BYTES;

/** Hashes of shard trees; leaves pass through one buffer, which no two calls use at once. */
const preimage = Buffer.alloc(1 + LEAF_BYTES);
const HASHER: TreeHasher = {
  ...treeHasher(0x00, 0x01, nativeSha256),
  leaf(content) {
    preimage.set(content, 1);
    return nativeSha256(preimage.subarray(0, 1 + content.length));
  },
};

/** Reads leaves and subtree hashes of a shard: 64 KiB around each leaf, the rest from its tree file. */
export async function readSample(
  files: { readonly body: () => Promise<OpenBody>; readonly tree: string },
  { entry, leaves, ranges }: ShardSample,
): Promise<ShardProof> {
  const { size } = entry;
  const count = leavesOf(size);
  await using shard = await files.body();
  await using tree = await open(files.tree, "r");
  const [groups, keptAt] = await Promise.all([
    readGroups(shard, size, leaves),
    readKept(tree, size),
  ]);
  const leafAt = (leaf: number): Uint8Array => {
    const group = groups.get(Math.floor(leaf / GROUP_LEAVES));
    if (group === undefined) throw missing("a subtree lies outside the groups of its leaves");
    const offset = (leaf % GROUP_LEAVES) * LEAF_BYTES;
    return group.subarray(offset, offset + leafLength(size, leaf));
  };
  const hashes = ranges.map(async (range) => {
    const index = keptIndex(count, range);
    if (index !== null) return keptAt(index);
    const inside = Array.from({ length: range.to - range.from }, (_, at) => range.from + at);
    return merkleRoot(
      HASHER,
      inside.map((leaf) => HASHER.leaf(leafAt(leaf))),
    );
  });
  return { leaves: leaves.map(leafAt), hashes: await Promise.all(hashes) };
}

async function readGroups(
  shard: OpenBody,
  size: number,
  leaves: readonly number[],
): Promise<ReadonlyMap<number, Uint8Array>> {
  const wanted = [...new Set(leaves.map((leaf) => Math.floor(leaf / GROUP_LEAVES)))];
  const read = wanted.map(async (group): Promise<[number, Uint8Array]> => {
    const from = group * GROUP_BYTES;
    return [group, await shard.readAt(from, Math.min(GROUP_BYTES, size - from))];
  });
  return new Map(await Promise.all(read));
}

async function readKept(
  tree: FileHandle,
  size: number,
): Promise<(index: number) => Uint8Array | Promise<Uint8Array>> {
  const bytes = keptHashes(groupsOf(size)) * HASH_BYTES;
  if (bytes > WHOLE_TREE_BYTES) {
    return (index) => readExactly(tree, index * HASH_BYTES, HASH_BYTES);
  }
  const whole = await readExactly(tree, 0, bytes);
  return (index) => whole.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
}

function missing(reason: string): CodedError<StorageCode> {
  return new CodedError("SHARD_CORRUPT", `a shard cannot be read: ${reason}`);
}
