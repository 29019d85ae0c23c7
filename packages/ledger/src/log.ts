import {
  foldPeaks,
  MerkleBuilder,
  type MerkleNode,
  type NodeStore,
  peakPlaces,
  RFC6962,
} from "@neurond/crypto";
import { encodeEntry, entryLeaf, type LogEntry } from "./entry.ts";

/** Where a log keeps its entries and hashes. */
export interface LogStorage extends NodeStore {
  /** Entries stored so far. */
  size(): Promise<number>;
  /**
   * Stores entries from index `from` and the nodes they complete, all or nothing, durable on return.
   * `LOG_CONFLICT` when the log does not end at `from`: somebody else wrote, or an answer got lost.
   */
  append(
    from: number,
    entries: readonly StoredEntry[],
    nodes: readonly MerkleNode[],
  ): Promise<void>;
  /** The texts of entries `from` up to, not including, `to`; fewer when the log ends before. */
  read(from: number, to: number): Promise<readonly string[]>;
}

/** An entry as it is stored; the text may go after its retention, the hash never. */
export interface StoredEntry {
  readonly text: string;
  readonly leafHash: Uint8Array;
}

/** How long a log is and what its first `size` entries hash to. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** A validator's append-only record. One writer; appends queue behind each other. */
export class Log {
  readonly #storage: LogStorage;
  /** The tree as stored; null when it must be read again. */
  #tree: MerkleBuilder | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(storage: LogStorage) {
    this.#storage = storage;
  }

  /** Records entries, in order and together; returns the index of the first once they are durable. */
  append(entries: readonly LogEntry[]): Promise<number> {
    const stored = entries.map((entry) => {
      const text = encodeEntry(entry);
      return { text, leafHash: entryLeaf(text) };
    });
    return this.#queued(async () => {
      const tree = (await this.#load()).copy();
      const from = tree.size;
      const nodes = stored.flatMap(({ leafHash }) => tree.append(leafHash));
      // Until the storage has answered, nobody knows where the log ends.
      this.#tree = null;
      await this.#storage.append(from, stored, nodes);
      this.#tree = tree;
      return from;
    });
  }

  /** The head after every append called before. */
  head(): Promise<TreeHead> {
    return this.#queued(async () => {
      const tree = await this.#load();
      return { size: tree.size, root: tree.root() };
    });
  }

  async #load(): Promise<MerkleBuilder> {
    if (this.#tree === null) {
      const size = await this.#storage.size();
      const peaks = await this.#storage.readNodes(peakPlaces(size));
      this.#tree = new MerkleBuilder(RFC6962, size, peaks);
    }
    return this.#tree;
  }

  #queued<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#last.then(action, action);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** The root a log had when it was `size` entries long; null when it never was. */
export async function rootAt(storage: LogStorage, size: number): Promise<Uint8Array | null> {
  if (!Number.isSafeInteger(size) || size < 0 || size > (await storage.size())) return null;
  return foldPeaks(RFC6962, await storage.readNodes(peakPlaces(size)));
}
