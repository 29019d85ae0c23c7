import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { CodedError } from "@neurond/primitives";
import type { StorageCode } from "@neurond/workload-storage";
import { syncDirectoryOf } from "./durable-file.ts";
import { type OpenSink, openFileSink, receiveShard } from "./receive-shard.ts";
import type { ShardBodies } from "./shard-bodies.ts";
import { incomingDirectory, shardFiles } from "./shard-paths.ts";

/**
 * Shards as files beside their receipts. What a crash leaves without a receipt is seen by looking at the
 * directory, so nothing has to be noted.
 */
export function directoryBodies(directory: string, openSink: OpenSink = openFileSink): ShardBodies {
  const pathOf = (name: Parameters<ShardBodies["pathOf"]>[0]) => shardFiles(directory, name).bytes;
  return {
    hasFiles: true,
    pathOf,
    begin: async () => undefined,
    end: async () => undefined,
    recover: async () => 0,
    async receive(name, promised, body) {
      const temporary = join(incomingDirectory(directory), randomUUID());
      const tree = await receiveShard(temporary, promised, body, openSink);
      const files = shardFiles(directory, name);
      const made = await mkdir(files.directory, { recursive: true });
      if (made !== undefined) await syncDirectoryOf(made);
      // Durable with the receipt, whose directory is this one and is synced last.
      await rename(temporary, files.bytes);
      return tree;
    },
    async open(name) {
      const file = await open(pathOf(name), "r");
      return {
        readAt: (from, length) => readExactly(file, from, length),
        [Symbol.asyncDispose]: () => file.close(),
      };
    },
    read: (name, from, to) => fileBytes(pathOf(name), { start: from, end: to - 1 }),
    remove: (name) => rm(pathOf(name), { force: true }),
  };
}

/**
 * Bytes of a file, which is opened when they are asked for: a stream that fails before somebody listens
 * would end the process.
 */
export async function* fileBytes(
  path: string,
  range: { readonly start?: number; readonly end?: number } = {},
): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, range);
}

/** Bytes of a file at a place. @throws CodedError SHARD_CORRUPT when it ends before */
export async function readExactly(
  file: FileHandle,
  from: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, from + done);
    if (bytesRead === 0) {
      const message = `a shard cannot be read: its file ends before byte ${from + length}`;
      throw new CodedError<StorageCode>("SHARD_CORRUPT", message);
    }
    done += bytesRead;
  }
  return bytes;
}
