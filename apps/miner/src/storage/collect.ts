import type { BlockNumber } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import { periodOf } from "@neurond/workload-storage";
import type { ShardStore, TagStore } from "@neurond/workload-storage/io";
import type { MinerMetrics } from "../metrics.ts";

/** Periods after their own in which tags may still have to be shown; see proofs against bad tags. */
const SHOWN_FOR = 9;

export interface CollectDeps {
  readonly shards: ShardStore;
  readonly tags: TagStore;
  readonly graceBlocks: number;
  readonly periodBlocks: number;
  readonly metrics: MinerMetrics;
  readonly log: Logger;
}

/**
 * Frees what nobody is owed any more at a block: shards after their receipts and the grace, tags without
 * shard or after the last of their periods. Doing it again changes nothing.
 */
export function collector(deps: CollectDeps): (block: BlockNumber) => Promise<void> {
  const { shards, tags, graceBlocks, periodBlocks, metrics, log } = deps;
  let lastPeriod = -1;
  return async (block) => {
    const names = await shards.collect(block, graceBlocks);
    for (const name of names) await tags.delete(name);
    metrics.collected.inc(names.length);
    if (names.length > 0) log.info({ shards: names.length }, "shards deleted after their time");
    const period = periodOf(block, periodBlocks);
    if (period !== lastPeriod) {
      const over = await tags.collect(period - SHOWN_FOR);
      const stray = await tags.keepOnly((name) => shards.receiptOf(name) !== undefined);
      if (over + stray > 0) log.info({ grants: over + stray }, "tags deleted after their time");
      lastPeriod = period;
    }
    countHoldings(deps);
  };
}

/** Sets the gauges of what is held. */
export function countHoldings({
  shards,
  tags,
  metrics,
}: Pick<CollectDeps, "shards" | "tags" | "metrics">): void {
  let held = 0;
  metrics.validatorBytes.reset();
  for (const [validator, { shards: count, bytes }] of shards.byValidator) {
    held += count;
    metrics.validatorBytes.set({ validator }, bytes);
  }
  metrics.shards.set(held);
  metrics.lostShards.set(shards.lost.size);
  metrics.storedBytes.set(shards.usedBytes);
  metrics.tagBytes.set(tags.usedBytes);
}
