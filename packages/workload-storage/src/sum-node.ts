import { sha256 } from "@noble/hashes/sha2.js";
import { ENTRY_BYTES, type Entry, encodeEntry } from "./entry.ts";
import { leavesOf } from "./limits.ts";

/** SHA-256 in one call; a runtime's own is faster, its values the same. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** A node of an inventory: its hash, and the shard leaves below it. */
export interface SumNode {
  readonly hash: Uint8Array;
  readonly sum: number;
}

/** First byte of what is hashed: of an entry, so that it can never pass for a leaf of a shard, and of a parent. */
export const SUM_PREFIX = { entry: 0x02, parent: 0x03 } as const;

const HASH_BYTES = 32;
const SUM_BYTES = 8;
/** Bytes of a node in an answer: hash, then sum as u64. */
export const SUM_NODE_BYTES = HASH_BYTES + SUM_BYTES;

/** The leaf of an entry. */
export function entryNode(entry: Entry, hash: Sha256 = sha256): SumNode {
  const preimage = new Uint8Array(1 + ENTRY_BYTES);
  preimage[0] = SUM_PREFIX.entry;
  preimage.set(encodeEntry(entry), 1);
  return { hash: hash(preimage), sum: leavesOf(entry.size) };
}

/** The parent of two nodes. Sums are hashed, so no position can be moved. */
export function joinSums(left: SumNode, right: SumNode, hash: Sha256 = sha256): SumNode {
  const preimage = new Uint8Array(1 + 2 * SUM_NODE_BYTES);
  preimage[0] = SUM_PREFIX.parent;
  writeSumNode(preimage, 1, left);
  writeSumNode(preimage, 1 + SUM_NODE_BYTES, right);
  return { hash: hash(preimage), sum: left.sum + right.sum };
}

/** Writes a node's 40 bytes. Sums up to 2^64 are written exactly as far as a number holds them. */
export function writeSumNode(bytes: Uint8Array, offset: number, { hash, sum }: SumNode): void {
  bytes.set(hash, offset);
  writeSum(new DataView(bytes.buffer, bytes.byteOffset), offset, sum);
}

/** Writes the sum of the node that begins at `offset`. */
export function writeSum(view: DataView, offset: number, sum: number): void {
  view.setUint32(offset + HASH_BYTES, Math.floor(sum / 2 ** 32));
  view.setUint32(offset + HASH_BYTES + 4, sum % 2 ** 32);
}

/** Reads a node's 40 bytes; beyond 2^53 the sum rounds, and stays beyond every limit. */
export function readSumNode(bytes: Uint8Array): SumNode {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { hash: bytes.subarray(0, HASH_BYTES), sum: readSum(view, 0) };
}

/** Reads the sum of the node that begins at `offset`. */
export function readSum(view: DataView, offset: number): number {
  return view.getUint32(offset + HASH_BYTES) * 2 ** 32 + view.getUint32(offset + HASH_BYTES + 4);
}
