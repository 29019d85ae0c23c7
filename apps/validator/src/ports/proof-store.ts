import type { Hex, Hotkey } from "@neurond/primitives";
import type { Holding, NextToken, ShardProof } from "@neurond/store";

/** What shards are asked about alone by, and which of their tokens are used. */
export interface ProofStore {
  /** What is there already stays. */
  add(holding: Holding, proof: ShardProof): Promise<void>;
  find(shardId: Hex, validator: Hotkey): Promise<ShardProof | null>;
  /** The shards of a miner with commitments to their blocks. */
  committed(holding: Holding): Promise<ReadonlySet<Hex>>;
  /** The lowest token of each shard that no run has drawn. */
  unused(holding: Holding, alg: 1 | 2): Promise<readonly NextToken[]>;
  /** Notes that a run drew a token: no later plan names it. */
  drawn(shardId: Hex, validator: Hotkey, number: number): Promise<void>;
  /** Notes that a token's seed is about to leave; false when it has left before. */
  send(shardId: Hex, validator: Hotkey, number: number): Promise<boolean>;
  /** Forgets what belongs to shards of which nothing else is remembered. */
  prune(validator: Hotkey): Promise<void>;
}
