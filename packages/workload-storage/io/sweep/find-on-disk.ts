import { type ShardName, shardFiles, shardNameOf } from "../shard-paths.ts";
import type { ShardStore } from "../shard-store.ts";
import type { FindShard } from "./sweep-answerer.ts";
import type { TagStore } from "./tag-store.ts";

/** Where a miner looks for what a sweep asks. */
export interface DiskSource {
  readonly shards: Pick<ShardStore, "get">;
  /** The directory of the shards. */
  readonly directory: string;
  readonly tags: TagStore;
  readonly period: number;
  /** Shards known to be damaged, which are conceded; see `scrubShards`. */
  readonly damaged?: ReadonlySet<ShardName>;
}

/** Finds shards and their tags of a period on disk; what is not there or damaged is conceded. */
export function findOnDisk({ shards, directory, tags, period, damaged }: DiskSource): FindShard {
  return ({ entry }) => {
    const name = shardNameOf(entry.shardId);
    const place = tags.find(entry, period);
    if (place === null || shards.get(name) === undefined || damaged?.has(name)) return null;
    return { shardPath: shardFiles(directory, name).bytes, ...place };
  };
}
