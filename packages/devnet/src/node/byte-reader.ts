import { compactBn } from "@polkadot-api/substrate-bindings";

/** Walks through bytes whose layout is known; reading past the end is a RangeError. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#at;
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError(`needs ${length} bytes at ${this.#at}`);
    const taken = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return taken;
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  /** A compact integer; one that is written longer than needed is refused. */
  compact(): bigint {
    const first = this.#bytes[this.#at] ?? 0;
    const mode = first & 0b11;
    const encoded = this.take(mode < 3 ? 1 << mode : (first >> 2) + 5);
    const value = BigInt(compactBn.dec(encoded));
    if (compactBn.enc(value).length !== encoded.length) {
      throw new RangeError(`compact integer at ${this.#at} is written longer than needed`);
    }
    return value;
  }

  rest(): Uint8Array {
    return this.take(this.#bytes.length - this.#at);
  }

  peek(length: number): Uint8Array {
    return this.#bytes.slice(this.#at, this.#at + length);
  }
}
