/** What the last file left; the collector may take it. */
let left: WeakRef<SharedArrayBuffer> | null = null;

/**
 * Shared memory for a segment. None can be given back at once: it waits for the collector, which does
 * not hurry, and meanwhile the next file's would come on top. So that one takes what the last one left.
 */
export class Slab implements Disposable {
  /** Holds whatever it held before. */
  readonly bytes: Uint8Array;
  readonly #buffer: SharedArrayBuffer;

  constructor(sizeBytes: number) {
    const found = left?.deref();
    const isFit = found !== undefined && found.byteLength >= sizeBytes;
    if (isFit) left = null;
    this.#buffer = isFit ? found : new SharedArrayBuffer(sizeBytes);
    this.bytes = new Uint8Array(this.#buffer, 0, sizeBytes);
  }

  /** Once nobody reads or writes it any more. */
  [Symbol.dispose](): void {
    left = new WeakRef(this.#buffer);
  }
}
