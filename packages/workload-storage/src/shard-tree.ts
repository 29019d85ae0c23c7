import { merkleRoot, RFC6962, type TreeHasher } from "@neurond/crypto";
import { LEAF_BYTES } from "./limits.ts";

/** Hashes of shard trees: prefix 00 before a leaf, 01 before a node, as in RFC 6962. */
export const SHARD_HASHER: TreeHasher = RFC6962;

/** The root over a shard's bytes as its miner keeps them, that is sealed. For shards in memory. */
export function shardRoot(sealed: Uint8Array, hasher: TreeHasher = SHARD_HASHER): Uint8Array {
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < sealed.length; at += LEAF_BYTES) {
    hashes.push(hasher.leaf(sealed.subarray(at, at + LEAF_BYTES)));
  }
  return merkleRoot(hasher, hashes);
}
