import { blake2b } from "@noble/hashes/blake2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { encodeU16, encodeU16s, encodeU64 } from "./scale.ts";

/** What a commit-reveal v2 hash covers; the reveal must repeat it exactly. */
export interface WeightsCommit {
  /** The hotkey's 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Storage index, mecid * 4096 + netuid. */
  readonly index: number;
  readonly uids: readonly number[];
  /** The u16 weights as submitted, before the chain scales them up. */
  readonly values: readonly number[];
  /** At least eight random u16, kept until the reveal is final: fewer can be guessed. */
  readonly salt: readonly number[];
  readonly versionKey: bigint;
}

/** The blake2-256 hash that `commit_weights` takes (commit-reveal v2). */
export function commitHash(commit: WeightsCommit): Uint8Array {
  const preimage = concatBytes(
    commit.publicKey,
    encodeU16(commit.index),
    encodeU16s(commit.uids),
    encodeU16s(commit.values),
    encodeU16s(commit.salt),
    encodeU64(commit.versionKey),
  );
  return blake2b(preimage, { dkLen: 32 });
}
