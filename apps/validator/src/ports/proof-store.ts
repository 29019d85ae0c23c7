import type { BlockNumber, Hex, Hotkey } from "@neurond/primitives";
import type { Holding, NextToken, ShardProof, ShardRecord } from "@neurond/store";

/** What shards are asked about alone by, and which of their tokens are used. */
export interface ProofStore {
  /** What is there already stays. */
  add(holding: Holding, proof: ShardProof): Promise<void>;
  find(shardId: Hex, validator: Hotkey): Promise<ShardProof | null>;
  /** The receipts of a miner's shards with commitments to their blocks. */
  committed(holding: Holding): Promise<ReadonlyMap<Hex, string>>;
  /** The lowest token of each shard that no run has drawn. */
  unused(holding: Holding, alg: 1 | 2): Promise<readonly NextToken[]>;
  /** Notes that a run drew a token: no later plan names it. */
  drawn(shardId: Hex, validator: Hotkey, number: number): Promise<void>;
  /** Notes that a token's seed is about to leave; false when it has left before. */
  send(shardId: Hex, validator: Hotkey, number: number): Promise<boolean>;
  /** Shards still owed at a block of which nothing is kept. */
  lacking(
    validator: Hotkey,
    at: {
      readonly block: BlockNumber;
      readonly limit: number;
      readonly maxBytes: number | null;
      readonly except: readonly Hex[];
    },
  ): Promise<readonly ShardRecord[]>;
  /** Forgets what belongs to shards of which nothing else is remembered. */
  prune(validator: Hotkey): Promise<void>;
}
