import { type Hex, toHex } from "@neurond/primitives";
import { z } from "zod";
import { bytesOf, field } from "../fields.ts";
import { MAX_SHARD_BYTES } from "../limits.ts";
import { shardIdOf } from "./sealing.ts";
import { type RsPlan, shardBytes } from "./segments.ts";

/** Shards a code over bytes can have. */
export const MAX_SHARDS = 255;

/** One shard of a segment, as a manifest lists it. */
export const ManifestShard = z.strictObject({
  /** Which shard of the segment. */
  i: field.u16,
  generation: field.u32,
  shard_id: field.hash,
  /** Root over the sealed bytes. */
  root: field.hash,
  /** Root over the bytes before sealing: by it anybody's repair is checked. */
  plain_root: field.hash,
  size: z.int().min(1).max(MAX_SHARD_BYTES),
  miner: field.hotkey,
  /** Who holds the seal secret to repair it; null: the owner alone. */
  custodian: field.hotkey.nullable(),
});
export type ManifestShard = z.infer<typeof ManifestShard>;

/** What is wrong with the shards of a segment of so many bytes; null when nothing is. */
export function checkShards(
  { id, rs: [k, n] }: { readonly id: Hex; readonly rs: RsPlan },
  segment: number,
  bytes: number,
  shards: readonly ManifestShard[],
): string | null {
  if (shards.length < k || shards.length > n) return "it is not complete";
  if (new Set(shards.map(({ miner }) => miner)).size !== shards.length) {
    return "it gives one miner two shards";
  }
  let before = -1;
  for (const { i, shard_id, size, generation, miner } of shards) {
    const shardId = shardIdOf({ fileId: bytesOf(id), segment, index: i, generation, miner });
    const isDue = size === shardBytes(bytes, k) && shard_id === toHex(shardId);
    if (i <= before || i >= n || !isDue) return `shard ${i} is not the file's`;
    before = i;
  }
  return null;
}
