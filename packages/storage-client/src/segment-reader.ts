import { createHash, type Hash } from "node:crypto";
import {
  encodeHeader,
  HEADER_BYTES,
  RECORD_BYTES,
  TAG_BYTES,
} from "@neurond/workload-storage/file";
import {
  copyBytes,
  cutInto,
  type FileKey,
  type Piece,
  sealRecords,
} from "@neurond/workload-storage/io/shards";
import type { ShardWorkers } from "./work-pool.ts";

/** Records encrypted in one go: large enough to be worth a message, small enough to keep up with reading. */
const BATCH = 16;

/** One segment of the encrypted file, ready in its buffer. */
export interface FilledSegment {
  readonly index: number;
  readonly bytes: number;
  readonly isLast: boolean;
  /** Plain bytes read so far, of which the segment needs all or nearly all, and their SHA-256. */
  readonly plainBytes: number;
  readonly plainSha256: Uint8Array;
}

/** Where reading begins. */
export interface ReadFrom {
  readonly segment: number;
  /** SHA-256 over the plain bytes before `plainOffset(segment, …)`. */
  readonly digest: Hash;
}

/** Where a record of the file that is the first of a segment begins in the plain file, and what of it is the segment before's. */
export function recordAt(segment: number, segmentBytes: number) {
  const offset = segment * segmentBytes;
  const record = Math.max(0, Math.floor((offset - HEADER_BYTES) / (RECORD_BYTES + TAG_BYTES)));
  const begins = record === 0 ? 0 : HEADER_BYTES + record * (RECORD_BYTES + TAG_BYTES);
  return { record, plainOffset: record * RECORD_BYTES, skip: offset - begins };
}

/** Turns a plain source into the segments of an encrypted file, one after the other. */
export class SegmentReader {
  readonly #keys: FileKey & { readonly prefix: Uint8Array };
  readonly #pieces: AsyncIterator<Piece, void>;
  readonly #segmentBytes: number;
  readonly #digest: Hash;
  /** Encrypted bytes that the next segment begins with. */
  #held: Uint8Array = new Uint8Array();
  #skip: number;
  #plainBytes: number;
  #next: number;
  #record: number;
  /** Index of the file's last record, once it was read. */
  #last = -1;

  /** `source` begins at `recordAt(from.segment)`'s plain offset. */
  constructor(
    { key, fileId, noncePrefix: prefix }: FileKey & { readonly noncePrefix: Uint8Array },
    source: AsyncIterable<Uint8Array>,
    segmentBytes: number,
    from: ReadFrom = { segment: 0, digest: createHash("sha256") },
  ) {
    const { record, plainOffset, skip } = recordAt(from.segment, segmentBytes);
    this.#keys = { key, fileId, prefix };
    this.#segmentBytes = segmentBytes;
    this.#digest = from.digest;
    this.#skip = skip;
    this.#plainBytes = plainOffset;
    this.#next = from.segment;
    this.#record = record;
    this.#pieces = cutInto(RECORD_BYTES, this.#watch(source));
    if (record === 0) this.#hold(encodeHeader(prefix));
  }

  /** SHA-256 of all plain bytes; after the last segment. */
  finish(): { readonly plainBytes: number; readonly plainSha256: Uint8Array } {
    return { plainBytes: this.#plainBytes, plainSha256: this.#digest.copy().digest() };
  }

  /**
   * Writes the next segment to the beginning of `into`. Its records are read into their places, where
   * the workers encrypt them while the next are read. What lies before `isFree`'s bytes is written
   * once it resolves.
   */
  async fill(
    into: Uint8Array,
    workers: ShardWorkers,
    isFree: (bytes: number) => Promise<void> = () => Promise.resolve(),
  ): Promise<FilledSegment> {
    const sealing: Promise<unknown>[] = [];
    await isFree(this.#held.length);
    let bytes = this.#takeHeld(into, 0);
    let batch = { first: this.#record, from: bytes };
    const seal = () => {
      const records = into.subarray(batch.from, bytes);
      const keys = { ...this.#keys, first: batch.first, last: this.#last };
      if (records.length > 0) sealing.push(workers.run({ kind: "seal", ...keys, records }));
      // Whoever awaits all of them below hears of it; reading may fail before.
      sealing.at(-1)?.catch(() => undefined);
      batch = { first: this.#record, from: bytes };
    };
    while (bytes < this.#segmentBytes && this.#last < 0) {
      const plain = await this.#read();
      const end = bytes + plain.length + TAG_BYTES;
      await isFree(Math.min(end, this.#segmentBytes));
      if (this.#skip > 0 || end > this.#segmentBytes) {
        seal();
        this.#hold(this.#sealed(plain));
        bytes += this.#takeHeld(into, bytes);
        this.#record += 1;
        batch = { first: this.#record, from: bytes };
      } else {
        copyBytes(plain, into, bytes);
        bytes = end;
        this.#record += 1;
        if (this.#record - batch.first === BATCH) seal();
      }
    }
    seal();
    await Promise.all(sealing);
    const isLast = this.#last >= 0 && this.#held.length === 0;
    const index = this.#next;
    this.#next += 1;
    return { index, bytes, isLast, ...this.finish() };
  }

  /** Stops the source. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  /** The next record, before it is encrypted. */
  async #read(): Promise<Uint8Array> {
    const { value } = await this.#pieces.next();
    if (!value) throw new RangeError("a source was read beyond its last record");
    if (value.isLast) this.#last = this.#record;
    return value.bytes;
  }

  /** A record that one segment does not hold whole. */
  #sealed(plain: Uint8Array): Uint8Array {
    const record = new Uint8Array(plain.length + TAG_BYTES);
    record.set(plain);
    sealRecords({ ...this.#keys, first: this.#record, last: this.#last }, record);
    return record;
  }

  #hold(encrypted: Uint8Array): void {
    const skipped = Math.min(this.#skip, encrypted.length);
    this.#skip -= skipped;
    this.#held = encrypted.subarray(skipped);
  }

  /** Writes as much of what is held as the segment has room for; how many bytes that is. */
  #takeHeld(into: Uint8Array, at: number): number {
    const taken = this.#held.subarray(0, this.#segmentBytes - at);
    copyBytes(taken, into, at);
    this.#held = this.#held.subarray(taken.length);
    return taken.length;
  }

  async *#watch(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.#digest.update(chunk);
      this.#plainBytes += chunk.length;
      yield chunk;
    }
  }
}
