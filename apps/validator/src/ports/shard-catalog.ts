import type { BlockNumber, Hex, Hotkey } from "@neurond/primitives";

/** A stored shard, as both sides signed for it. */
export interface ShardRecord {
  readonly shardId: Hex;
  readonly validator: Hotkey;
  readonly miner: Hotkey;
  readonly fileId: string;
  readonly root: Hex;
  readonly sizeBytes: number;
  readonly storedBlock: BlockNumber;
  readonly expiresBlock: BlockNumber;
  /** The signed receipt, as it was recorded. */
  readonly receipt: string;
}

/** Who holds which shard. */
export interface ShardCatalog {
  /** False when it is there already, and then nothing changes. */
  add(shard: ShardRecord): Promise<boolean>;
  /** What a miner owes a validator at a block, by shard id ascending. */
  held(
    holding: { readonly validator: Hotkey; readonly miner: Hotkey },
    at: BlockNumber,
  ): Promise<readonly ShardRecord[]>;
  find(shardId: Hex, validator: Hotkey): Promise<ShardRecord | null>;
}
