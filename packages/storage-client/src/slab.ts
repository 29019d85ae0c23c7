/** What earlier work left; the collector may take it. */
export class LeftMemory {
  #buffers: readonly WeakRef<SharedArrayBuffer>[] = [];

  add(buffer: SharedArrayBuffer): void {
    this.#buffers = [...this.#buffers, new WeakRef(buffer)];
  }

  /** Takes the smallest that is large enough, and not far too large. */
  take(sizeBytes: number): SharedArrayBuffer | undefined {
    const buffers = this.#buffers.flatMap((one) => one.deref() ?? []);
    const [fitting] = buffers
      .filter(({ byteLength }) => byteLength >= sizeBytes && byteLength <= 2 * sizeBytes)
      .sort((a, b) => a.byteLength - b.byteLength);
    this.#buffers = this.#buffers.filter((one) => ![undefined, fitting].includes(one.deref()));
    return fitting;
  }
}

const LEFT = new LeftMemory();

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
