import { framedHash, treeHasher, u8, u32 } from "@neurond/crypto";
import { concatBytes } from "@noble/hashes/utils.js";
import { ByteReader } from "../byte-reader.ts";
import type { TokenAlg } from "./answer.ts";

/** Hashes of the tree over a shard's tokens: prefix 06 before a leaf, 07 before a node. */
export const TOKEN_HASHER = treeHasher(0x06, 0x07);

/** What is public of a token before it is used. */
export interface TokenLeaf {
  readonly alg: TokenAlg;
  /** From 1. */
  readonly number: number;
  /** Hash of the seed, so that a validator cannot ask with another. */
  readonly seedCommit: Uint8Array;
  /** Pedersen commitment to the answer, on P-256, encoded. */
  readonly commitment: Uint8Array;
}

/** Bytes of a leaf. */
export const TOKEN_LEAF_BYTES = 70;

/** The hash by which a challenge names a seed that it does not contain. */
export function seedCommitOf(seed: Uint8Array): Uint8Array {
  return framedHash("token/seed-commit", seed);
}

/** The bytes of a leaf. */
export function encodeTokenLeaf({ alg, number, seedCommit, commitment }: TokenLeaf): Uint8Array {
  return concatBytes(u8(alg), u32(number), seedCommit, commitment);
}

/** Reads 70 bytes; null when the length or the algorithm is none. */
export function decodeTokenLeaf(bytes: Uint8Array): TokenLeaf | null {
  if (bytes.length !== TOKEN_LEAF_BYTES) return null;
  const reader = new ByteReader(bytes);
  const alg = reader.take(1)?.[0];
  const number = reader.u32();
  const seedCommit = reader.take(32);
  const commitment = reader.take(33);
  if ((alg !== 1 && alg !== 2) || number === null) return null;
  return seedCommit === null || commitment === null
    ? null
    : { alg, number, seedCommit, commitment };
}
