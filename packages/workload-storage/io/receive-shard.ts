import { open, rm } from "node:fs/promises";
import type { Entry } from "@neurond/workload-storage";
import { CheckedBody } from "./checked-body.ts";
import { nameDiskFull } from "./disk-space.ts";
import type { ShardTree } from "./shard-hasher.ts";

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
    // All of it or an error: a disk that is nearly full takes less of one write, and says nothing.
    write: (bytes) => file.writeFile(bytes),
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
  const checked = new CheckedBody(promised, body);
  try {
    const sink = await openSink(path);
    try {
      for await (const chunk of checked.bytes()) await sink.write(chunk);
      await sink.sync();
    } finally {
      await sink.close();
    }
    return checked.tree;
  } catch (error) {
    await rm(path, { force: true });
    throw nameDiskFull(error);
  }
}
