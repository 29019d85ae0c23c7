import { treeHasher } from "@neurond/crypto";
import { sha256 } from "@noble/hashes/sha2.js";
import { ByteReader } from "./byte-reader.ts";
import { compareBytes, ENTRY_BYTES, type Entry, readEntry } from "./entry.ts";
import type { AnswerReason } from "./errors.ts";
import { isShardSize, leafLength, leavesOf, MAX_TOTAL_LEAVES } from "./limits.ts";
import { foldTree } from "./multiproof.ts";
import {
  entryNode,
  joinSums,
  readSumNode,
  type Sha256,
  SUM_NODE_BYTES,
  type SumNode,
} from "./sum-node.ts";

/** What the validator signed before it asked, what the seed asks for, and what came. */
export interface AnswerClaim {
  /** Shards in the inventory. */
  readonly count: number;
  /** Shard leaves in the inventory. */
  readonly total: number;
  /** Root of the inventory's sum tree. */
  readonly hash: Uint8Array;
  /** Ascending and distinct; see `samplePositions`. */
  readonly positions: readonly number[];
  readonly answer: Uint8Array;
}

/**
 * Why an answer proves nothing, or null when it proves that its maker has every drawn leaf.
 * Nothing a peer sent makes it throw. It reads from front to back and stops at the first fault, so
 * everybody names the same one.
 */
export function verifyAnswer(claim: AnswerClaim, hash: Sha256 = sha256): AnswerReason | null {
  const reader = new ByteReader(claim.answer);
  const listed = readListed(reader, claim);
  if (typeof listed === "string") return listed;
  const starts = checkInventory(reader, claim, listed, hash);
  if (typeof starts === "string") return starts;
  const leaves = placePositions(claim.positions, listed, starts);
  if (typeof leaves === "string") return leaves;
  for (const [at, { entry }] of listed.entries()) {
    const fault = checkShard(reader, entry, leaves[at] ?? [], hash);
    if (fault !== null) return fault;
  }
  return reader.rest === 0 ? null : "LENGTH";
}

interface Listed {
  readonly index: number;
  readonly entry: Entry;
}

function readListed(
  reader: ByteReader,
  { positions, count }: AnswerClaim,
): readonly Listed[] | AnswerReason {
  const length = reader.u32();
  if (length === null) return "LENGTH";
  if (length < 1 || length > Math.min(positions.length, count)) return "ENTRY_COUNT";
  const listed: Listed[] = [];
  let previous = -1;
  for (let at = 0; at < length; at += 1) {
    const index = reader.u32();
    const bytes = reader.take(ENTRY_BYTES);
    if (index === null || bytes === null) return "LENGTH";
    if (index <= previous || index >= count) return "ENTRY_ORDER";
    const entry = readEntry(bytes);
    if (!isShardSize(entry.size)) return "ENTRY_SIZE";
    listed.push({ index, entry });
    previous = index;
  }
  return listed;
}

/** The position at which each listed entry begins, once the whole is shown to be the signed tree. */
function checkInventory(
  reader: ByteReader,
  { count, total, hash: signed }: AnswerClaim,
  listed: readonly Listed[],
  hash: Sha256,
): readonly number[] | AnswerReason {
  const entries = listed.values();
  const starts: number[] = [];
  let left = 0;
  const indices = listed.map(({ index }) => index);
  const root = foldTree<SumNode, AnswerReason>(count, indices, {
    listed() {
      const { value } = entries.next();
      if (value === undefined) throw new Error("more leaves were folded than listed");
      const node = entryNode(value.entry, hash);
      starts.push(left);
      left += node.sum;
      return node;
    },
    outside({ from, to }) {
      const bytes = reader.take(SUM_NODE_BYTES);
      if (bytes === null) return "LENGTH";
      const node = readSumNode(bytes);
      if (node.sum < to - from || node.sum > MAX_TOTAL_LEAVES) return "SUM_RANGE";
      left += node.sum;
      return node;
    },
    join: (a, b) => joinSums(a, b, hash),
  });
  if (typeof root === "string") return root;
  // A sum that rounded is above 2^53 and so not the signed one.
  return root.sum === total && compareBytes(root.hash, signed) === 0 ? starts : "INVENTORY_ROOT";
}

/** The leaves of each listed entry that positions fall on. */
function placePositions(
  positions: readonly number[],
  listed: readonly Listed[],
  starts: readonly number[],
): readonly (readonly number[])[] | AnswerReason {
  const leaves: number[][] = listed.map(() => []);
  let at = 0;
  for (const position of positions) {
    while (at < listed.length && position >= endOf(listed[at], starts[at])) at += 1;
    const start = starts[at];
    if (start === undefined || position < start) return "POSITION_MISSING";
    leaves[at]?.push(position - start);
  }
  return leaves.some((some) => some.length === 0) ? "ENTRY_UNUSED" : leaves;
}

function endOf(listed: Listed | undefined, start: number | undefined): number {
  return listed === undefined || start === undefined ? 0 : start + leavesOf(listed.entry.size);
}

function checkShard(
  reader: ByteReader,
  { size, root: signed }: Entry,
  leaves: readonly number[],
  hash: Sha256,
): AnswerReason | null {
  const hasher = treeHasher(0x00, 0x01, hash);
  const hashes = new Map<number, Uint8Array>();
  for (const leaf of leaves) {
    const content = reader.take(leafLength(size, leaf));
    if (content === null) return "LENGTH";
    hashes.set(leaf, hasher.leaf(content));
  }
  const root = foldTree<Uint8Array, AnswerReason>(leavesOf(size), leaves, {
    listed(leaf) {
      const leafHash = hashes.get(leaf);
      if (leafHash === undefined) throw new Error("a leaf was folded that was not listed");
      return leafHash;
    },
    outside: () => reader.take(32) ?? "LENGTH",
    join: hasher.node,
  });
  if (typeof root === "string") return root;
  return compareBytes(root, signed) === 0 ? null : "SHARD_ROOT";
}
