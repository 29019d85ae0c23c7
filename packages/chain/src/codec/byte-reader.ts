import { chainError } from "../errors.ts";

/** Reads SCALE primitives from bytes in order; little-endian, bounds checked. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }
  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }
  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }
  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }
  u128(): bigint {
    const low = this.u64();
    return (this.u64() << 64n) | low;
  }
  u256(): bigint {
    const low = this.u128();
    return (this.u128() << 128n) | low;
  }
  i8(): number {
    return this.#view.getInt8(this.#advance(1));
  }
  i16(): number {
    return this.#view.getInt16(this.#advance(2), true);
  }
  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }
  i64(): bigint {
    return this.#view.getBigInt64(this.#advance(8), true);
  }
  i128(): bigint {
    return BigInt.asIntN(128, this.u128());
  }
  i256(): bigint {
    return BigInt.asIntN(256, this.u256());
  }

  bool(): boolean {
    const byte = this.u8();
    if (byte > 1) throw chainError("STATE_UNDECODABLE", `byte ${byte} is not a bool`);
    return byte === 1;
  }

  /** A view, not a copy: copy what outlives the message. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** A compact number of at most 32 bits, as lengths are. */
  compact(): number {
    const first = this.u8();
    const mode = first & 3;
    if (mode === 0) return first >> 2;
    if (mode === 1) return (first >> 2) | (this.u8() << 6);
    if (mode === 2) {
      this.#offset -= 1;
      return this.u32() >>> 2;
    }
    if (first >> 2 === 0) return this.u32();
    throw chainError("STATE_UNDECODABLE", "compact number exceeds 32 bits");
  }

  compactBig(): bigint {
    const first = this.u8();
    if ((first & 3) !== 3) {
      this.#offset -= 1;
      return BigInt(this.compact());
    }
    const length = (first >> 2) + 4;
    const digits = this.bytes(length);
    let value = 0n;
    for (let index = length - 1; index >= 0; index--) {
      value = (value << 8n) | BigInt(digits[index] ?? 0);
    }
    return value;
  }

  /** Length of a list whose items take at least one bit of honesty: refuses absurd lengths early. */
  length(): number {
    const length = this.compact();
    // Only zero-sized items could be more numerous than the bytes left; no runtime type has those.
    if (length > this.remaining) {
      throw chainError("STATE_UNDECODABLE", `list of ${length} items in ${this.remaining} bytes`);
    }
    return length;
  }

  #advance(count: number): number {
    const start = this.#offset;
    if (start + count > this.#bytes.length) {
      throw chainError(
        "STATE_UNDECODABLE",
        `value ends after ${this.#bytes.length} bytes, needs ${start + count}`,
      );
    }
    this.#offset = start + count;
    return start;
  }
}
