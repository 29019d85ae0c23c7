import { merkleRoot, type TreeHasher, treeHasher } from "@neurond/crypto";
import { ELEMENT_BYTES, readElement } from "./field.ts";
import { tagBytesOf } from "./rows.ts";

/** Bytes of a leaf of a tag tree: 256 tags. */
export const TAG_PIECE_BYTES = 4096;

/** Hashes of tag trees: prefixes 04 and 05. */
export const TAG_HASHER: TreeHasher = treeHasher(0x04, 0x05);

/** The root over a shard's tags of one period. */
export function tagRoot(tags: Uint8Array, hasher: TreeHasher = TAG_HASHER): Uint8Array {
  return merkleRoot(hasher, tagLeaves(tags, hasher));
}

/** Hashes of the pieces of a tag file. */
export function tagLeaves(
  tags: Uint8Array,
  hasher: TreeHasher = TAG_HASHER,
): readonly Uint8Array[] {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < tags.length; at += TAG_PIECE_BYTES) {
    leaves.push(hasher.leaf(tags.subarray(at, at + TAG_PIECE_BYTES)));
  }
  return leaves;
}

/** Whether these can be the tags of a shard of `size` bytes: one element below the prime per row. */
export function areTagsCanonical(tags: Uint8Array, size: number): boolean {
  if (tags.length !== tagBytesOf(size)) return false;
  for (let at = 0; at < tags.length; at += ELEMENT_BYTES) {
    // Few tags begin with all ones; only those need a closer look.
    const top = tags[at + ELEMENT_BYTES - 1] ?? 0;
    if (top >= 0x7f && readElement(tags, at) === null) return false;
  }
  return true;
}
