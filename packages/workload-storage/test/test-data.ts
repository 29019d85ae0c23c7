import { framedHash, keystream } from "@neurond/crypto";
import {
  type Entry,
  leavesOf,
  SHARD_HASHER,
  type ShardProof,
  type ShardReader,
  type ShardSample,
  shardRoot,
} from "../src/index.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

/** The bytes the published vectors name. */
export function dataNamed(name: string, length: number): Uint8Array {
  return keystream(framedHash("test", ascii(name)), length);
}

/** The 32 bytes the published vectors use for who or what is named. */
export function identNamed(name: string): Uint8Array {
  return framedHash("test-id", ascii(name));
}

/** A shard whose bytes are in memory. */
export interface HeldShard {
  readonly entry: Entry;
  readonly sealed: Uint8Array;
}

/** The shard of some bytes. */
export function heldShard(shardId: Uint8Array, sealed: Uint8Array): HeldShard {
  return { entry: { shardId, root: shardRoot(sealed), size: sealed.length }, sealed };
}

/** Reads samples from shards in memory, rehashing them whole: slow and plainly right. */
export class MemoryShards implements ShardReader {
  readonly #shards: ReadonlyMap<string, Uint8Array>;

  constructor(shards: readonly HeldShard[]) {
    this.#shards = new Map(shards.map(({ entry, sealed }) => [String(entry.shardId), sealed]));
  }

  async readSample({ entry, leaves, ranges }: ShardSample): Promise<ShardProof> {
    const sealed = this.#shards.get(String(entry.shardId)) ?? new Uint8Array(entry.size);
    const bytes = (from: number, to: number) => sealed.subarray(from * 4096, to * 4096);
    return {
      leaves: leaves.map((leaf) => bytes(leaf, leaf + 1)),
      hashes: ranges.map(({ from, to }) => shardRoot(bytes(from, to), SHARD_HASHER)),
    };
  }
}

/** A copy with one bit of a byte turned over; negative places count from the end. */
export function flipped(bytes: Uint8Array, at: number, bit = 1): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const place = at < 0 ? bytes.length + at : at;
  copy[place] = (copy[place] ?? 0) ^ bit;
  return copy;
}

/** Shard leaves of some entries. */
export function totalLeaves(entries: readonly Entry[]): number {
  return entries.reduce((sum, { size }) => sum + leavesOf(size), 0);
}
