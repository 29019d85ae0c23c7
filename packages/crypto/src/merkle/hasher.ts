import { sha256 } from "@noble/hashes/sha2.js";

/** Turns contents and pairs of hashes into hashes; leaves and nodes never share a preimage. */
export interface TreeHasher {
  /** The root of a tree without leaves. */
  readonly empty: Uint8Array;
  leaf(content: Uint8Array): Uint8Array;
  node(left: Uint8Array, right: Uint8Array): Uint8Array;
}

/** Bytes of every hash in a tree. */
export const HASH_BYTES = 32;

/**
 * A hasher of RFC 6962 shape: SHA-256 over one prefix byte and the content, or two child hashes.
 * Another `hash` must also be SHA-256; a runtime's native one is several times faster on long leaves.
 */
export function treeHasher(
  leafPrefix: number,
  nodePrefix: number,
  hash: (bytes: Uint8Array) => Uint8Array = sha256,
): TreeHasher {
  return {
    empty: hash(new Uint8Array(0)),
    leaf(content) {
      const preimage = new Uint8Array(1 + content.length);
      preimage[0] = leafPrefix;
      preimage.set(content, 1);
      return hash(preimage);
    },
    node(left, right) {
      const preimage = new Uint8Array(1 + 2 * HASH_BYTES);
      preimage[0] = nodePrefix;
      preimage.set(left, 1);
      preimage.set(right, 1 + HASH_BYTES);
      return hash(preimage);
    },
  };
}

/** The prefixes of RFC 6962 section 2.1: 00 before a leaf, 01 before a node. */
export const RFC6962 = treeHasher(0x00, 0x01);

/** Whether `value` can be a hash of a tree; proofs from peers are checked with it. */
export function isHash(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length === HASH_BYTES;
}
