/** What earlier work left; the collector may take it. */
let left: readonly WeakRef<SharedArrayBuffer>[] = [];

/**
 * Shared memory. None can be given back at once: it waits for the collector, which does not hurry, and
 * meanwhile the next file's would come on top. So that one takes what the last one left.
 */
export class Slab implements Disposable {
  /** Holds whatever it held before. */
  readonly bytes: Uint8Array;
  readonly #buffer: SharedArrayBuffer;

  constructor(sizeBytes: number) {
    this.#buffer = takeFitting(sizeBytes) ?? new SharedArrayBuffer(sizeBytes);
    this.bytes = new Uint8Array(this.#buffer, 0, sizeBytes);
  }

  /** Once nobody reads or writes it any more; not twice. */
  [Symbol.dispose](): void {
    left = [...left, new WeakRef(this.#buffer)];
  }
}

/** The smallest that is large enough, and not far too large. */
function takeFitting(sizeBytes: number): SharedArrayBuffer | undefined {
  left = left.filter((one) => one.deref() !== undefined);
  const [fitting] = left
    .flatMap((one) => one.deref() ?? [])
    .filter(({ byteLength }) => byteLength >= sizeBytes && byteLength <= 2 * sizeBytes)
    .sort((a, b) => a.byteLength - b.byteLength);
  left = left.filter((one) => one.deref() !== fitting);
  return fitting;
}
