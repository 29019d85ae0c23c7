import type { BlockNumber, Hex, Hotkey } from "@neurond/primitives";
import type { DeletedShard, OwnedShard } from "@neurond/store";

/** Deletions of one file, or all up to a block. */
export type Untold = { readonly fileId: Hex } | { readonly upTo: BlockNumber };

/** Beginning and end of the files that are kept. */
export interface FileLives {
  /** Who may add to a file and end it: whoever asks first. */
  claim(fileId: Hex, owner: Hotkey, block: BlockNumber): Promise<Hotkey>;
  ownerOf(fileId: Hex): Promise<Hotkey | null>;
  shardsOf(fileId: Hex): Promise<readonly OwnedShard[]>;
  /** The bytes that frees. */
  remove(fileId: Hex, block: BlockNumber): Promise<number>;
  abandoned(before: BlockNumber, limit: number): Promise<readonly Hex[]>;
  renew(
    shardId: Hex,
    term: { readonly at: BlockNumber; readonly expires: BlockNumber },
    receipt: string,
  ): Promise<void>;
  purge(before: BlockNumber): Promise<{ readonly files: number; readonly bytes: number }>;
  /** A miner may have taken a shard of which we have no receipt: it is to forget it. */
  orphaned(
    shard: DeletedShard & { readonly sizeBytes: number },
    times: { readonly at: BlockNumber; readonly expires: BlockNumber },
  ): Promise<void>;
  /** Deleted shards that miners do not know of, but for those stored once more. */
  untold(limit: number, which: Untold): Promise<readonly DeletedShard[]>;
  told(shard: DeletedShard, isTold: boolean): Promise<void>;
  unlogged(limit: number): Promise<readonly DeletedShard[]>;
  logged(shards: readonly DeletedShard[]): Promise<void>;
}
