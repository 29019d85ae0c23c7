import { deriveKey512, type PedersenSuite, reduceToScalar, u32 } from "@neurond/crypto";
import { concatBytes } from "@noble/hashes/utils.js";

/** What hides a shard's blocks in their commitments; null where data are ciphertext anyway. */
export interface Blinding {
  /** 32 bytes of this shard alone. The miner has it too: without it nobody can prove an opening. */
  readonly key: Uint8Array;
  readonly shardId: Uint8Array;
}

/** The blind of block `index`; zero without blinding. */
export function blindOf(suite: PedersenSuite, blinding: Blinding | null, index: number): bigint {
  if (blinding === null) return 0n;
  const bytes = deriveKey512(blinding.key, "open/blind", concatBytes(blinding.shardId, u32(index)));
  return reduceToScalar(bytes, suite.order);
}
