import { mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BlobStore } from "@neurond/blob-store";
import { CodedError, isCoded } from "@neurond/primitives";
import type { StorageCode } from "@neurond/workload-storage";
import { CheckedBody } from "./checked-body.ts";
import { diskFull } from "./disk-space.ts";
import { syncDirectoryOf } from "./durable-file.ts";
import type { ShardBodies } from "./shard-bodies.ts";
import { parseShardName, type ShardName } from "./shard-paths.ts";

export interface BlobBodiesOptions {
  readonly blobs: BlobStore;
  /** A directory of the miner's own disk for notes of what is under way. */
  readonly notes: string;
}

/**
 * Shards as blobs of any object storage. What is under way is noted on the own disk first, so that a
 * crash leaves no blob nobody knows, and no blob is ever removed for want of a receipt alone: a disk
 * mounted at the wrong place must not empty a bucket.
 */
export async function blobBodies({ blobs, notes }: BlobBodiesOptions): Promise<ShardBodies> {
  await mkdir(notes, { recursive: true });
  const noteOf = (name: ShardName) => join(notes, name);
  const blobOf = (name: ShardName) => `shards/${name.slice(0, 2)}/${name}`;
  const remove = (name: ShardName) => blobs.remove(blobOf(name));
  const end = (name: ShardName) => rm(noteOf(name), { force: true });
  return {
    hasFiles: false,
    pathOf: () => null,
    async begin(name) {
      await using note = await open(noteOf(name), "w");
      await note.sync();
      await syncDirectoryOf(noteOf(name));
    },
    end,
    async recover(isStored) {
      let removed = 0;
      for (const file of await readdir(notes)) {
        const name = parseShardName(file);
        if (!isStored(name)) {
          await remove(name);
          removed += 1;
        }
        await end(name);
      }
      return removed;
    },
    async receive(name, promised, body) {
      const checked = new CheckedBody(promised, body);
      try {
        await blobs.put(blobOf(name), checked.bytes());
      } catch (error) {
        if (isCoded(error, "BLOB_STORE_FULL")) throw diskFull("the object storage is full", error);
        throw error;
      }
      return checked.tree;
    },
    async open(name) {
      return {
        readAt: async (from, length) => {
          const range = { from, to: from + length };
          const bytes = Buffer.concat(await Array.fromAsync(blobs.get(blobOf(name), { range })));
          if (bytes.length === length) return bytes;
          const message = `a shard cannot be read: its blob ends before byte ${from + length}`;
          throw new CodedError<StorageCode>("SHARD_CORRUPT", message);
        },
        [Symbol.asyncDispose]: async () => undefined,
      };
    },
    read: (name, from, to) => blobs.get(blobOf(name), { range: { from, to } }),
    remove,
  };
}
