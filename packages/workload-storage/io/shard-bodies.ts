import type { Entry } from "@neurond/workload-storage";
import type { ShardTree } from "./shard-hasher.ts";
import type { ShardName } from "./shard-paths.ts";

/** One shard's bytes, at any place. */
export interface OpenBody extends AsyncDisposable {
  /** Exactly so many bytes; fewer are an error. */
  readAt(from: number, length: number): Promise<Uint8Array>;
}

/**
 * Where the bytes of shards lie. Receipts, trees and tags stay on the miner's own disk, which is asked
 * far more often and holds a twentieth of it.
 */
export interface ShardBodies {
  /** Whether shards are files of the miner's own disk. */
  readonly hasFiles: boolean;
  /** The file of a shard, for threads that read it themselves; null where there are no files. */
  pathOf(name: ShardName): string | null;
  /**
   * Notes that bytes may be here without a receipt, until `end`: after a crash, `recover` looks at
   * them. Nothing to note where a crash's leavings show by themselves.
   */
  begin(name: ShardName): Promise<void>;
  end(name: ShardName): Promise<void>;
  /** Removes what a crash left of shards that are not stored; how many there were. */
  recover(isStored: (name: ShardName) => boolean): Promise<number>;
  /**
   * Takes the promised bytes, whole or not at all.
   * @throws CodedError SIZE_MISMATCH ROOT_MISMATCH DISK_FULL; what `body` throws
   */
  receive(
    name: ShardName,
    promised: Pick<Entry, "root" | "size">,
    body: AsyncIterable<Uint8Array>,
  ): Promise<ShardTree>;
  open(name: ShardName): Promise<OpenBody>;
  /** Bytes `from` up to, not including, `to`. */
  read(name: ShardName, from: number, to: number): AsyncIterable<Uint8Array>;
  /** Removes them; nothing where there are none. */
  remove(name: ShardName): Promise<void>;
}
