import type { Hex, Hotkey } from "@neurond/primitives";
import type { Entry } from "@neurond/workload-storage";
import type { Manifest, Repair } from "@neurond/workload-storage/file";

/** Shards of one segment that want miners. */
export interface WantedPlaces {
  readonly fileId: Uint8Array;
  readonly segment: number;
  /** How many, each at another miner. */
  readonly shards: number;
  /** Miners that are not to be among them: they hold a shard of the segment, or failed to take one. */
  readonly avoid: readonly Hotkey[];
  /** For how many blocks they are wanted; as long as miners promise unless given. */
  readonly ttlBlocks?: number;
}

/** Who takes the shards of a segment, and for how long. */
export interface Places {
  readonly miners: readonly Hotkey[];
  /** Blocks between which they are stored. */
  readonly created: number;
  readonly expires: number;
}

/** A sealed shard on its way to its miner. */
export interface SealedShard extends Entry {
  readonly fileId: Uint8Array;
  readonly segment: number;
  readonly index: number;
  readonly generation: number;
  readonly miner: Hotkey;
  /** Of the sealed bytes: what a signed request is signed over. */
  readonly sha256: Uint8Array;
  /** See `WantedPlaces`. */
  readonly ttlBlocks?: number;
  /** The sealed bytes; each call gives them anew. */
  readonly body: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** A sealed shard to be brought back. */
export interface StoredShard extends Entry {
  readonly miner: Hotkey;
}

/** What a client needs of whoever knows the miners. */
export interface StorageNetwork {
  /** How many miners would take a shard now. */
  serving(signal: AbortSignal): Promise<number>;
  /** Finds miners; fewer than asked for is a coded error or a shorter list. */
  place(wanted: WantedPlaces, signal: AbortSignal): Promise<Places>;
  /**
   * Hands a shard over; it resolves once the miner has promised to keep it. The same shard twice is
   * no error: an answer may have been lost.
   */
  deliver(shard: SealedShard, signal: AbortSignal): Promise<void>;
  /** The sealed bytes as they come; nobody has checked them yet. */
  fetch(shard: StoredShard, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Keeps the manifest of a file whose shards are all stored; a higher revision replaces a lower. */
  keep(manifest: Manifest, signal: AbortSignal): Promise<void>;
  /** The manifest of a file of ours, checked. */
  manifest(fileId: Hex, signal: AbortSignal): Promise<Manifest>;
}

/** How the segments of a file stand. */
export interface FileWeakness {
  readonly fileId: Hex;
  readonly segments: readonly {
    readonly segment: number;
    /** Shards that count, of n; any k restore it. */
    readonly live: number;
    readonly k: number;
    readonly n: number;
    readonly lost: readonly { readonly i: number; readonly reason: string }[];
  }[];
}

/** What keeping files over time needs of whoever knows the miners. */
export interface FileKeeper {
  /** Keeps where the shards of a segment are now; the same record twice is no error. */
  keepRepair(fileId: Hex, repair: Repair, signal: AbortSignal): Promise<void>;
  /** Deletes a file of ours, or the shards of an upload; one that is not there is no error. */
  remove(fileId: Hex, signal: AbortSignal): Promise<void>;
  /** How a file stands that we own or repair. */
  health(fileId: Hex, signal: AbortSignal): Promise<FileWeakness>;
  /** A page of the files we are to repair that lack shards; the next page begins after `next`. */
  endangered(
    after: Hex | null,
    signal: AbortSignal,
  ): Promise<{ readonly files: readonly FileWeakness[]; readonly next: Hex | null }>;
}
