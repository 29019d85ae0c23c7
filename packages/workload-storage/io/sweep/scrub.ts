import { type ShardName, shardNameOf } from "../shard-paths.ts";
import type { ShardStore } from "../shard-store.ts";

/** What a scrub found. */
export interface Scrubbed {
  readonly intact: number;
  /** Not the bytes that were stored, or not readable: to be conceded, deleted and repaired. */
  readonly damaged: readonly ShardName[];
}

/**
 * Hashes every shard against its root, one after the other. Roots need no secret, so that a miner
 * knows of rot before it is asked: once per period is due.
 */
export async function scrubShards(
  store: Pick<ShardStore, "list" | "isIntact">,
  signal: AbortSignal,
): Promise<Scrubbed> {
  const damaged: ShardName[] = [];
  let intact = 0;
  for (const { receipt } of store.list()) {
    signal.throwIfAborted();
    const name = shardNameOf(receipt.shardId);
    if (await isIntact(store, name)) intact += 1;
    else damaged.push(name);
  }
  return { intact, damaged };
}

async function isIntact(store: Pick<ShardStore, "isIntact">, name: ShardName): Promise<boolean> {
  try {
    return await store.isIntact(name);
  } catch {
    // A sector that cannot be read is as lost as one that reads wrong.
    return false;
  }
}
