import { CodedError } from "@neurond/primitives";
import { compareBytes, type Entry, type StorageCode } from "@neurond/workload-storage";
import {
  ELEMENT_BYTES,
  MAX_GRANTED_PERIODS,
  maskKey,
  masksAt,
  PIECE_BYTES,
  rowsOf,
  tagBytesOf,
  tagger,
} from "@neurond/workload-storage/sweep";
import { ShardHasher } from "../shard-hasher.ts";
import { nativeKeystreamAt } from "./native-keystream.ts";
import type { TagJob, TagResult } from "./tag-job.ts";
import { Thread } from "./threads.ts";

export interface TagPoolOptions {
  /** Threads; 2 unless given. Each takes 4 MiB and 0.15 MiB per period. */
  readonly workers?: number;
}

/** A shard to be tagged as it passes by. */
export interface TagRequest {
  readonly entry: Entry;
  /** The miner's key of each period; see `minerKey`. */
  readonly keys: readonly Uint8Array[];
  /** The sealed bytes. Chunks are copied. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Tags shards in threads: one pass over the bytes makes the tags of all periods. */
export class TagPool implements AsyncDisposable {
  readonly #threads: readonly Thread<TagJob, TagResult>[];
  readonly #waiting: ((thread: Thread<TagJob, TagResult>) => void)[] = [];
  readonly #idle: Thread<TagJob, TagResult>[];
  /** Adds masks; it has no weights. */
  readonly #masker = tagger([]);

  constructor({ workers = 2 }: TagPoolOptions = {}) {
    this.#threads = Array.from({ length: workers }, () => new Thread("tag-worker"));
    this.#idle = [...this.#threads];
  }

  /**
   * One set of tags per key. No tag leaves before all bytes are known to be the entry's: tags of
   * other bytes under the same masks would give the weights away.
   * @throws CodedError ROOT_MISMATCH SIZE_MISMATCH
   */
  async tag(
    { entry, keys, body }: TagRequest,
    signal: AbortSignal,
  ): Promise<readonly Uint8Array[]> {
    if (keys.length > MAX_GRANTED_PERIODS) {
      throw new RangeError(`${keys.length} periods in one pass; at most ${MAX_GRANTED_PERIODS}`);
    }
    const sets = keys.map(() => new Uint8Array(tagBytesOf(entry.size)));
    try {
      await this.#linearParts({ entry, keys, body }, sets, signal);
    } catch (error) {
      for (const set of sets) set.fill(0);
      throw error;
    }
    for (const [at, set] of sets.entries()) {
      const masks = maskKey(keys[at] ?? new Uint8Array(0), entry);
      const range = { from: 0, rows: rowsOf(entry.size) };
      this.#masker.addMasks(set, masksAt(masks, range, nativeKeystreamAt));
    }
    return sets;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread[Symbol.asyncDispose]()));
  }

  async #linearParts(
    { entry, keys, body }: TagRequest,
    sets: readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<void> {
    const hasher = new ShardHasher();
    const running = new Set<Promise<void>>();
    let [row, size] = [0, 0];
    let failure: unknown = null;
    try {
      for await (const piece of piecesOf(body)) {
        signal.throwIfAborted();
        size += piece.length;
        if (size > entry.size || failure !== null) break;
        hasher.update(piece);
        const at = row * ELEMENT_BYTES;
        row += rowsOf(piece.length);
        // Waiting here is what keeps memory bounded: there are as many pieces about as threads.
        const thread = await this.#free();
        const done = this.#tagPiece(thread, { keys, piece: piece.buffer }, sets, at)
          .catch((error: unknown) => {
            failure ??= error;
          })
          .finally(() => running.delete(done));
        running.add(done);
      }
    } finally {
      await Promise.all(running);
    }
    if (failure !== null) throw failure;
    check(entry, size, hasher);
  }

  async #tagPiece(
    thread: Thread<TagJob, TagResult>,
    job: TagJob,
    sets: readonly Uint8Array[],
    at: number,
  ): Promise<void> {
    try {
      const linear = await thread.run(job, [job.piece]);
      for (const [period, part] of linear.entries()) {
        sets[period]?.set(part, at);
        part.fill(0);
      }
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(thread);
      else next(thread);
    }
  }

  #free(): Promise<Thread<TagJob, TagResult>> {
    const thread = this.#idle.pop();
    if (thread !== undefined) return Promise.resolve(thread);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

function check(entry: Entry, size: number, hasher: ShardHasher): void {
  if (size !== entry.size) {
    const message = `${size} bytes or more came of a shard of ${entry.size}: send it whole`;
    throw new CodedError<StorageCode>("SIZE_MISMATCH", message);
  }
  if (compareBytes(hasher.finish().root, entry.root) !== 0) {
    const message = "the bytes to be tagged do not hash to the shard's root: nothing was tagged";
    throw new CodedError<StorageCode>("ROOT_MISMATCH", message);
  }
}

/** The same bytes in buffers of a piece each, the last one shorter. */
async function* piecesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let piece = new Uint8Array(PIECE_BYTES);
  let filled = 0;
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + PIECE_BYTES - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < PIECE_BYTES) continue;
      yield piece;
      piece = new Uint8Array(PIECE_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.slice(0, filled);
}
