import { Draw, framedHash, u8, u16, u32 } from "@neurond/crypto";
import type { Challenge } from "./challenge.ts";
import { encodeParties } from "./parties.ts";

/** What the shard of a slot is drawn from: the challenge, before its parameters name the shard. */
export type ShardPick = Omit<Challenge, "params" | "inventoryDigest" | "beaconBlock">;

/** The seed by which modes `opening` and `token` choose their shard. */
export function pickSeed(pick: ShardPick): Uint8Array {
  const { run, slot, mode, beacon, prevLink } = pick;
  return framedHash("pick", encodeParties(pick), u32(run), u16(slot), u8(mode), beacon, prevLink);
}

/**
 * The shard a slot asks about, of those that can be asked in its mode, in inventory order; undefined
 * when there are none. Neither side can choose: all but the beacon is anchored before it.
 */
export function pickShard<Shard>(pick: ShardPick, eligible: readonly Shard[]): Shard | undefined {
  return eligible.length === 0 ? undefined : eligible[pickIndex(pick, eligible.length)];
}

/** The place of that shard among `count` that can be asked; at least one. */
export function pickIndex(pick: ShardPick, count: number): number {
  return Number(new Draw("pick/draw", pickSeed(pick)).next(BigInt(count)));
}
