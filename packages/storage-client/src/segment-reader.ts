import { createHash, type Hash } from "node:crypto";
import { HEADER_BYTES, RECORD_BYTES, TAG_BYTES } from "@neurond/workload-storage";
import { encryptStream, type FileKey } from "@neurond/workload-storage/io";
import { copyBytes, release } from "@neurond/workload-storage/io/shards";

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
  readonly #records: AsyncIterator<Uint8Array>;
  readonly #segmentBytes: number;
  readonly #digest: Hash;
  #held: Uint8Array | null = null;
  #skip: number;
  #plainBytes: number;
  #next: number;

  /** `source` begins at `recordAt(from.segment)`'s plain offset. */
  constructor(
    keys: FileKey & { readonly noncePrefix: Uint8Array },
    source: AsyncIterable<Uint8Array>,
    segmentBytes: number,
    from: ReadFrom = { segment: 0, digest: createHash("sha256") },
  ) {
    const { record, plainOffset, skip } = recordAt(from.segment, segmentBytes);
    this.#segmentBytes = segmentBytes;
    this.#digest = from.digest;
    this.#skip = skip;
    this.#plainBytes = plainOffset;
    this.#next = from.segment;
    const encrypted = encryptStream(keys, keys.noncePrefix, this.#watch(source), record);
    this.#records = encrypted[Symbol.asyncIterator]();
  }

  /** SHA-256 of all plain bytes; after the last segment. */
  finish(): { readonly plainBytes: number; readonly plainSha256: Uint8Array } {
    return { plainBytes: this.#plainBytes, plainSha256: this.#digest.copy().digest() };
  }

  /** Writes the next segment to the beginning of `into`. */
  async fill(into: Uint8Array): Promise<FilledSegment> {
    let bytes = 0;
    while (bytes < this.#segmentBytes) {
      const held = await this.#more();
      if (held === null) break;
      const taken = held.subarray(0, this.#segmentBytes - bytes);
      copyBytes(taken, into, bytes);
      bytes += taken.length;
      this.#held = taken.length < held.length ? held.subarray(taken.length) : null;
      if (this.#held === null) release(held);
    }
    const isLast = (await this.#more()) === null;
    const index = this.#next;
    this.#next += 1;
    return { index, bytes, isLast, ...this.finish() };
  }

  /** Stops the source. */
  async close(): Promise<void> {
    await this.#records.return?.();
  }

  /** What is at hand of the encrypted file, or null at its end. */
  async #more(): Promise<Uint8Array | null> {
    while (this.#held === null || this.#held.length === 0) {
      const { value, done } = await this.#records.next();
      if (done === true) return null;
      this.#held = value.subarray(Math.min(this.#skip, value.length));
      this.#skip -= Math.min(this.#skip, value.length);
    }
    return this.#held;
  }

  async *#watch(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.#digest.update(chunk);
      this.#plainBytes += chunk.length;
      yield chunk;
    }
  }
}
