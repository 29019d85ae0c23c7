/** Reads bytes from front to back; null when there are not enough left. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes not yet read. */
  get rest(): number {
    return this.#bytes.length - this.#offset;
  }

  /** The next bytes, not copied. */
  take(length: number): Uint8Array | null {
    if (length > this.rest) return null;
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  /** The next four bytes as an integer, most significant first. */
  u32(): number | null {
    const bytes = this.take(4);
    return bytes === null ? null : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  }
}
