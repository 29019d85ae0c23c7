import type { BlockNumber, Hex, Hotkey } from "@neurond/primitives";
import type { HeldShard, HeldShards, Holding, Owed, ShardRecord } from "@neurond/store";

/** Who holds which shard. */
export interface ShardCatalog {
  /** False when it is there already, and then nothing changes. */
  add(shard: ShardRecord): Promise<boolean>;
  /** What a miner owes a validator at a block, and the receipts of those that are wanted. */
  held(
    holding: Holding,
    at: BlockNumber,
    wants: (shard: HeldShard) => boolean,
  ): Promise<HeldShards>;
  /** The first a miner owes from a shard id on, around the end; null when it owes nothing. */
  heldFrom(holding: Holding, at: BlockNumber, from: Hex): Promise<ShardRecord | null>;
  /** How much each miner owes; who owes nothing is left out. */
  owed(validator: Hotkey, at: BlockNumber): Promise<ReadonlyMap<Hotkey, Owed>>;
  find(shardId: Hex, validator: Hotkey): Promise<ShardRecord | null>;
}
