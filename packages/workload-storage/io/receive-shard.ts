import { open, rm } from "node:fs/promises";
import { CodedError } from "@neurond/primitives";
import { compareBytes, type Entry, type StorageCode } from "@neurond/workload-storage";
import { nameDiskFull } from "./disk-space.ts";
import { ShardHasher, type ShardTree } from "./shard-hasher.ts";

/** Where a shard's bytes go while they arrive. */
export interface Sink {
  write(bytes: Uint8Array): Promise<unknown>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a new file for a shard that arrives. */
export type OpenSink = (path: string) => Promise<Sink>;

export const openFileSink: OpenSink = async (path) => {
  const file = await open(path, "wx");
  return {
    write: (bytes) => file.write(bytes),
    sync: () => file.sync(),
    close: () => file.close(),
  };
};

/**
 * Writes a shard to a temporary file while its root is computed, and keeps it only if size and root
 * are the promised ones. Reading stops with the first byte too many.
 * @throws CodedError SIZE_MISMATCH ROOT_MISMATCH DISK_FULL; what `body` throws
 */
export async function receiveShard(
  path: string,
  promised: Pick<Entry, "root" | "size">,
  body: AsyncIterable<Uint8Array>,
  openSink: OpenSink = openFileSink,
): Promise<ShardTree> {
  try {
    const tree = await writeAndHash(path, promised.size, body, openSink);
    if (compareBytes(tree.root, promised.root) === 0) return tree;
    throw refused("ROOT_MISMATCH", "the shard's bytes do not hash to its root: send it again");
  } catch (error) {
    await rm(path, { force: true });
    throw nameDiskFull(error);
  }
}

async function writeAndHash(
  path: string,
  size: number,
  body: AsyncIterable<Uint8Array>,
  openSink: OpenSink,
): Promise<ShardTree> {
  const hasher = new ShardHasher();
  let received = 0;
  const sink = await openSink(path);
  try {
    for await (const chunk of body) {
      received += chunk.length;
      if (received > size) throw refused("SIZE_MISMATCH", `the shard exceeds its ${size} bytes`);
      hasher.update(chunk);
      await sink.write(chunk);
    }
    if (received < size) {
      throw refused("SIZE_MISMATCH", `the shard ended after ${received} of ${size} bytes`);
    }
    await sink.sync();
  } finally {
    await sink.close();
  }
  return hasher.finish();
}

function refused(code: StorageCode, message: string): CodedError<StorageCode> {
  return new CodedError(code, message);
}
