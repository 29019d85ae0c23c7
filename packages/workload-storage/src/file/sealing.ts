import { deriveKey, framedHash, keystream, u16, u32 } from "@neurond/crypto";
import { type Hotkey, publicKeyOf } from "@neurond/primitives";

/** Where in a file a shard belongs, and who is to hold it. */
export interface ShardPlace {
  /** 32 bytes, another for every version of a file. */
  readonly fileId: Uint8Array;
  readonly segment: number;
  readonly index: number;
  /** One more whenever other bytes take this place at the same miner: a keystream is used once. */
  readonly generation: number;
  readonly miner: Hotkey;
}

/** The id of a shard, 32 bytes; no two miners hold one of the same id. */
export function shardIdOf({ fileId, segment, index, generation, miner }: ShardPlace): Uint8Array {
  return framedHash("shard", fileId, u32(segment), u16(index), u32(generation), publicKeyOf(miner));
}

/**
 * The key that makes one miner's copy unlike any other's. `sealSecret` is the file's and never goes
 * to miners: who has it can make every copy from one.
 */
export function sealKeyOf(sealSecret: Uint8Array, shardId: Uint8Array): Uint8Array {
  return deriveKey(sealSecret, "seal", shardId);
}

/** Seals or unseals a shard in memory: one XOR with its keystream. */
export function sealBytes(sealKey: Uint8Array, bytes: Uint8Array): Uint8Array {
  const stream = keystream(sealKey, bytes.length);
  for (const [at, byte] of bytes.entries()) stream[at] = (stream[at] ?? 0) ^ byte;
  return stream;
}
