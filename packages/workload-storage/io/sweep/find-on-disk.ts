import { type ShardName, shardNameOf } from "../shard-paths.ts";
import type { ShardStore } from "../shard-store.ts";
import type { FindShard } from "./sweep-answerer.ts";
import type { TagStore } from "./tag-store.ts";

/** Where a miner looks for what a sweep asks. */
export interface DiskSource {
  readonly shards: Pick<ShardStore, "get" | "pathOf">;
  readonly tags: TagStore;
  readonly period: number;
  /** Shards known to be damaged, which are conceded; see `Scrub`. */
  readonly damaged?: ReadonlySet<ShardName>;
}

/** Finds shards and their tags of a period; what is not there or damaged is conceded. */
export function findOnDisk({ shards, tags, period, damaged }: DiskSource): FindShard {
  return ({ entry }) => {
    const name = shardNameOf(entry.shardId);
    const place = tags.find(entry, period);
    if (place === null || shards.get(name) === undefined || damaged?.has(name)) return null;
    // Where there are no files, what reads shards goes by their names.
    return { shardPath: shards.pathOf(name) ?? name, ...place };
  };
}
