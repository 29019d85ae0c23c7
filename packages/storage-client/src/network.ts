import type { Hex, Hotkey } from "@neurond/primitives";
import type { Entry, Manifest } from "@neurond/workload-storage";

/** Shards of one segment that want miners. */
export interface WantedPlaces {
  readonly fileId: Uint8Array;
  readonly segment: number;
  /** How many, each at another miner. */
  readonly shards: number;
  /** Miners that are not to be among them: they hold a shard of the segment, or failed to take one. */
  readonly avoid: readonly Hotkey[];
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
