import { availableParallelism } from "node:os";
import { CodedError, fromHex } from "@neurond/primitives";
import type { StorageCode } from "@neurond/workload-storage";
import {
  encryptedLength,
  type FileSecrets,
  HEADER_BYTES,
  type Manifest,
  openFile,
  RECORD_BYTES,
  recordsOf,
  shardBytes,
  TAG_BYTES,
} from "@neurond/workload-storage/file";
import { openRecords } from "@neurond/workload-storage/io/shards";
import { type GetContext, getSegment } from "./get-segment.ts";
import { KeptThreads } from "./kept-threads.ts";
import type { StorageNetwork, StoredShard } from "./network.ts";
import { Passed } from "./passed.ts";
import { Meter, type Progress } from "./progress.ts";
import { Slab } from "./slab.ts";
import { INLINE, type ShardWorkers } from "./work-pool.ts";

export interface GetOptions {
  /** Checked; see `decodeManifest`. */
  readonly manifest: Manifest;
  /** The owner's, or that of somebody it is shared with; see `ownerKey`. */
  readonly ownerKey: Uint8Array;
  readonly network: Pick<StorageNetwork, "fetch">;
  /** Silence of a miner after which another shard is asked for as well; 3 s unless given. */
  readonly hedgeMs?: number;
  /** Threads that hash and decrypt; as many as cores unless given. 0: none beside the caller's. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Told of each shard that did not come back as promised. */
  readonly onBadShard?: (shard: StoredShard, cause: unknown) => void;
  readonly onProgress?: (progress: Progress) => void;
}

const HEDGE_MS = 3_000;
const INLINE_BELOW = 2_097_152;
const SEALED_RECORD = RECORD_BYTES + TAG_BYTES;
/** Records decrypted in one go: large enough to be worth a message, small enough to flow. */
const BATCH = 64;

/** What of a segment belongs to what is read. */
interface SegmentShare {
  readonly bytes: Uint8Array;
  /** Says that nothing of `bytes` before `at` is read any more. */
  readonly passed: (at: number) => void;
}

/** A stored file, to be read as a whole or in part. */
export class StoredFileReader implements AsyncDisposable {
  readonly name: string;
  /** Bytes, decrypted. */
  readonly size: number;
  /** SHA-256 of the whole, decrypted. */
  readonly sha256: string;
  readonly #options: GetOptions;
  readonly #secrets: FileSecrets;
  readonly #ended = new AbortController();
  #workers: ShardWorkers | null = null;

  /** @throws CodedError KEY_INVALID for another's key, CIPHERTEXT_INVALID when its length is not the file's */
  constructor(options: GetOptions) {
    this.#options = options;
    this.#secrets = openFile(options.manifest, options.ownerKey);
    ({ name: this.name, size: this.size, sha256: this.sha256 } = this.#secrets);
    if (encryptedLength(this.size) !== options.manifest.size) {
      throw new CodedError<StorageCode>(
        "CIPHERTEXT_INVALID",
        "the manifest's length is not that of the file its owner stored",
      );
    }
  }

  /**
   * The bytes from `from` up to, not including, `to`, decrypted and authentic. Only the shards that
   * hold them are fetched while their miners are well. A piece is a view of memory that is written
   * again: use or copy it before asking for the next.
   * @throws CodedError SHARD_MISSING, CIPHERTEXT_INVALID
   */
  async *views(from = 0, to = this.size): AsyncGenerator<Uint8Array> {
    if (!(from >= 0 && from <= to && to <= this.size)) {
      throw new RangeError(`the file has no bytes from ${from} to ${to} of ${this.size}`);
    }
    if (from === to) return;
    const [first, end] = [Math.floor(from / RECORD_BYTES), Math.ceil(to / RECORD_BYTES)];
    let at = first * RECORD_BYTES;
    for await (const plain of this.#records(first, end)) {
      const [begin, stop] = [Math.max(0, from - at), Math.min(plain.length, to - at)];
      at += plain.length;
      if (begin < stop) yield plain.subarray(begin, stop);
    }
  }

  /** The same as `views`, each piece in memory of its own. */
  async *read(from = 0, to = this.size): AsyncGenerator<Uint8Array> {
    for await (const view of this.views(from, to)) yield Uint8Array.from(view);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#workers?.[Symbol.asyncDispose]();
    this.#secrets.dataKey.fill(0);
  }

  /** Decrypts records from `first` up to, not including, `end`; segments are fetched one ahead. */
  async *#records(first: number, end: number): AsyncGenerator<Uint8Array> {
    const keys = this.#keys();
    let record = first;
    const open = (bytes: Uint8Array, at: number) =>
      this.#pool().run({ kind: "open", ...keys, first: at, records: bytes });
    let carry: Uint8Array = new Uint8Array();
    for await (const { bytes, passed } of this.#segments(first, end)) {
      let used = 0;
      if (carry.length > 0) {
        used = Math.min(bytes.length, SEALED_RECORD - carry.length);
        carry = Buffer.concat([carry, bytes.subarray(0, used)]);
        if (carry.length < this.#sealedLength(record)) continue;
        yield carry.subarray(0, openRecords({ ...keys, first: record }, carry));
        record += 1;
        carry = new Uint8Array();
      }
      const whole: {
        readonly records: Uint8Array;
        readonly count: Promise<number>;
        readonly end: number;
      }[] = [];
      while (record < end && bytes.length - used >= this.#sealedLength(record)) {
        const there = Math.max(1, Math.floor((bytes.length - used) / SEALED_RECORD));
        const last = Math.min(end, record + Math.min(BATCH, there));
        const length = Math.min(bytes.length - used, (last - record) * SEALED_RECORD);
        const records = bytes.subarray(used, used + length);
        const count = open(records, record);
        count.catch(() => undefined);
        used += length;
        whole.push({ records, count, end: used });
        record = last;
      }
      carry = Uint8Array.from(bytes.subarray(used));
      for (const batch of whole) {
        yield batch.records.subarray(0, await batch.count);
        passed(batch.end);
      }
    }
  }

  #keys() {
    const { dataKey: key, noncePrefix: prefix } = this.#secrets;
    const fileId = fromHex(this.#options.manifest.id);
    return { key, prefix, fileId, last: recordsOf(this.size) - 1 };
  }

  /** Bytes of an encrypted record; the last one is shorter. */
  #sealedLength(record: number): number {
    return Math.min(RECORD_BYTES, this.size - record * RECORD_BYTES) + TAG_BYTES;
  }

  /**
   * The encrypted bytes of records, a segment's share at a time. There is one segment's memory: the
   * next shards come into it behind the reader, who says through `passed` how far it is.
   */
  async *#segments(first: number, end: number): AsyncGenerator<SegmentShare> {
    const { manifest } = this.#options;
    const { size, segment_size: segmentBytes } = manifest;
    const from = HEADER_BYTES + first * SEALED_RECORD;
    const to = Math.min(size, HEADER_BYTES + end * SEALED_RECORD);
    const context = this.#context(to - from);
    const own = this.#slab();
    const slab = own.bytes;
    const start = (index: number, before: Passed) => {
      const bytes = Math.min(segmentBytes, size - index * segmentBytes);
      const shard = shardBytes(bytes, manifest.rs[0]);
      const low = Math.max(0, from - index * segmentBytes);
      const high = Math.min(bytes, to - index * segmentBytes);
      const needed: number[] = [];
      for (let i = Math.floor(low / shard); i * shard < high; i += 1) needed.push(i);
      const places = slab.subarray(0, shard * manifest.rs[0]);
      const isFree = (i: number) => before.until((i + 1) * shard);
      const fetched = getSegment(context, index, needed, places, isFree);
      // Whoever stops reading does not wait for it.
      fetched.catch(() => undefined);
      return { fetched, low, bytes: slab.subarray(low, high) };
    };
    const [begin, stop] = [Math.floor(from / segmentBytes), Math.ceil(to / segmentBytes)];
    const nobody = new Passed();
    nobody.pass(Number.POSITIVE_INFINITY);
    let next = start(begin, nobody);
    for (let index = begin; index < stop; index += 1) {
      const { fetched, low, bytes } = next;
      await fetched;
      const reader = new Passed();
      if (index + 1 < stop) next = start(index + 1, reader);
      yield { bytes, passed: (at) => reader.pass(low + at) };
      reader.pass(Number.POSITIVE_INFINITY);
    }
    // Only now: of who stopped reading before, shards are still coming in.
    own[Symbol.dispose]();
  }

  #slab(): Slab {
    const { rs, size, segment_size } = this.#options.manifest;
    return new Slab(shardBytes(Math.min(size, segment_size), rs[0]) * rs[0]);
  }

  #context(bytes: number): GetContext {
    const { manifest, signal, network, hedgeMs = HEDGE_MS, onBadShard } = this.#options;
    const meter = new Meter(this.#options.onProgress);
    meter.totalBytes = bytes;
    return {
      ...{ manifest, secrets: this.#secrets, network, meter, hedgeMs },
      workers: this.#pool(),
      signal: signal ? AbortSignal.any([signal, this.#ended.signal]) : this.#ended.signal,
      onBadShard: (shard, cause) => onBadShard?.(shard, cause),
    };
  }

  #pool(): ShardWorkers {
    const { threads = availableParallelism(), manifest } = this.#options;
    const isSmall = threads === 0 || manifest.size < INLINE_BELOW;
    this.#workers ??= isSmall ? INLINE : new KeptThreads(threads);
    return this.#workers;
  }
}
