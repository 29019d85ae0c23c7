/** How long memory waits for the next file: as long as the threads that still know it. */
export const KEEP_MS = 10_000;

/** So much is kept at most: what one file of segments of the usual length takes. */
const MOST_BYTES = 134_217_728;

/** What earlier work left. */
export class LeftMemory {
  readonly #keepMs: number;
  #buffers: readonly SharedArrayBuffer[] = [];
  #timer: NodeJS.Timeout | undefined;
  #users = 0;

  constructor(keepMs = KEEP_MS) {
    this.#keepMs = keepMs;
  }

  /** Keeps it, and what was left before as far as there is room, for a while from now on. */
  add(buffer: SharedArrayBuffer): void {
    let bytes = 0;
    this.#buffers = [buffer, ...this.#buffers].filter((one) => {
      bytes += one.byteLength;
      return bytes <= MOST_BYTES;
    });
    this.#wait();
  }

  /** Keeps what is left until `letGo`: threads at work know it, so none of it would be freed. */
  hold(): void {
    this.#users += 1;
    clearTimeout(this.#timer);
  }

  /** Once for each `hold`. */
  letGo(): void {
    this.#users -= 1;
    this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (this.#users > 0) return;
    this.#timer = setTimeout(() => {
      this.#buffers = [];
    }, this.#keepMs);
    this.#timer.unref();
  }

  /** Takes the smallest that is large enough, and not far too large. */
  take(sizeBytes: number): SharedArrayBuffer | undefined {
    const [fitting] = this.#buffers
      .filter(({ byteLength }) => byteLength >= sizeBytes && byteLength <= 2 * sizeBytes)
      .sort((a, b) => a.byteLength - b.byteLength);
    this.#buffers = this.#buffers.filter((one) => one !== fitting);
    return fitting;
  }
}

/** What all files of this process leave. */
export const LEFT = new LeftMemory();

/**
 * Shared memory. None can be given back at once: it waits for the collector, which does not hurry, and
 * meanwhile the next file's would come on top. So that one takes what the last one left.
 */
export class Slab implements Disposable {
  /** Holds whatever it held before. */
  readonly bytes: Uint8Array;
  readonly #buffer: SharedArrayBuffer;
  readonly #left: LeftMemory;

  constructor(sizeBytes: number, left = LEFT) {
    this.#left = left;
    this.#buffer = left.take(sizeBytes) ?? new SharedArrayBuffer(sizeBytes);
    this.bytes = new Uint8Array(this.#buffer, 0, sizeBytes);
  }

  /** Once nobody reads or writes it any more; not twice. */
  [Symbol.dispose](): void {
    this.#left.add(this.#buffer);
  }
}
