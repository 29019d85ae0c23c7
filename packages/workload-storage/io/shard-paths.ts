import { join } from "node:path";
import { CodedError } from "@neurond/primitives";
import type { StorageCode } from "@neurond/workload-storage";

/** A shard's id as a file is named: 64 lower-case hexadecimal digits, and nothing else. */
export type ShardName = string & { readonly shardName: unique symbol };

const NAME = /^[0-9a-f]{64}$/;

/**
 * Checks a name from outside. No path can be spelt with what passes.
 * @throws CodedError SHARD_ID_INVALID
 */
export function parseShardName(text: string): ShardName {
  if (NAME.test(text)) return text as ShardName;
  throw new CodedError<StorageCode>(
    "SHARD_ID_INVALID",
    `text of ${text.length} characters is no shard id: give 64 digits of 0-9a-f`,
    { length: text.length },
  );
}

/** The name of a shard id. */
export function shardNameOf(shardId: Uint8Array): ShardName {
  return parseShardName(Buffer.from(shardId).toString("hex"));
}

/** Where a miner takes, gives and forgets a shard. */
export const shardPath = (shardId: Uint8Array): `/v1/storage/shards/${ShardName}` =>
  `/v1/storage/shards/${shardNameOf(shardId)}`;

/** The files of a shard. It counts as stored once `receipt` is there; that one is renamed last. */
export interface ShardFiles {
  readonly directory: string;
  readonly bytes: string;
  readonly tree: string;
  readonly receipt: string;
  /** There when the bytes were found to be wrong. */
  readonly lost: string;
}

/** Where a shard lies: 256 directories keep each of them short. */
export function shardFiles(root: string, name: ShardName): ShardFiles {
  const directory = join(root, "shards", name.slice(0, 2));
  const base = join(directory, name);
  return {
    directory,
    bytes: `${base}.shard`,
    tree: `${base}.tree`,
    receipt: `${base}.json`,
    lost: `${base}.lost`,
  };
}

/** Where files lie that are still being written; whatever is there after a crash is worth nothing. */
export function incomingDirectory(root: string): string {
  return join(root, "incoming");
}
