import type { BlockNumber, Hex, Hotkey } from "@neurond/primitives";
import type { Holding, ShardRecord } from "@neurond/store";

/** Who holds which shard. */
export interface ShardCatalog {
  /** False when it is there already, and then nothing changes. */
  add(shard: ShardRecord): Promise<boolean>;
  /** What a miner owes a validator at a block, by shard id ascending. */
  held(holding: Holding, at: BlockNumber): Promise<readonly ShardRecord[]>;
  find(shardId: Hex, validator: Hotkey): Promise<ShardRecord | null>;
}
