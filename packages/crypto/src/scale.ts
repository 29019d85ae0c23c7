import { CodedError } from "@neurond/primitives";
import { concatBytes } from "@noble/hashes/utils.js";
import type { CryptoCode } from "./errors.ts";

const MAX_U16 = 0xffff;
const MAX_U64 = 2n ** 64n - 1n;
/** Lengths above 2^30 need SCALE's big-integer mode; nothing here is that long. */
const MAX_LENGTH = 2 ** 30 - 1;

/** SCALE compact form of a length below 2^30. */
export function encodeLength(length: number): Uint8Array {
  if (!Number.isInteger(length) || length < 0 || length > MAX_LENGTH) throw outOfRange(length);
  if (length < 64) return Uint8Array.of(length << 2);
  if (length < 2 ** 14) return unsigned((length << 2) | 1, 2);
  return unsigned(length * 4 + 2, 4);
}

/** SCALE `Vec<u8>`. */
export function encodeBytes(bytes: Uint8Array): Uint8Array {
  return concatBytes(encodeLength(bytes.length), bytes);
}

/** SCALE `Vec<u16>`. */
export function encodeU16s(values: readonly number[]): Uint8Array {
  return concatBytes(encodeLength(values.length), ...values.map(encodeU16));
}

/** SCALE `u16`, little-endian. */
export function encodeU16(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > MAX_U16) throw outOfRange(value);
  return unsigned(value, 2);
}

/** SCALE `u64`, little-endian. */
export function encodeU64(value: bigint): Uint8Array {
  if (value < 0n || value > MAX_U64) throw outOfRange(value);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

/** Reads SCALE values one after the other; `undefined` once the bytes do not hold what is asked. */
export class ScaleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  bytes(): Uint8Array | undefined {
    const length = this.#length();
    return length === undefined ? undefined : this.#take(length);
  }

  u16s(): readonly number[] | undefined {
    const length = this.#length();
    const start = this.#offset;
    if (length === undefined || this.#take(length * 2) === undefined) return undefined;
    return Array.from({ length }, (_, index) => this.#view.getUint16(start + index * 2, true));
  }

  u64(): bigint | undefined {
    const start = this.#offset;
    return this.#take(8) === undefined ? undefined : this.#view.getBigUint64(start, true);
  }

  /** Only the shortest spelling of a length counts, as in parity-scale-codec. */
  #length(): number | undefined {
    const mode = (this.#bytes[this.#offset] ?? 3) & 3;
    const width = [1, 2, 4][mode];
    const bytes = width === undefined ? undefined : this.#take(width);
    if (bytes === undefined) return undefined;
    const length = Math.floor(bytes.reduceRight((sum, byte) => sum * 256 + byte, 0) / 4);
    return encodeLength(length).length === width ? length : undefined;
  }

  #take(length: number): Uint8Array | undefined {
    const end = this.#offset + length;
    if (end > this.#bytes.length) return undefined;
    const taken = this.#bytes.slice(this.#offset, end);
    this.#offset = end;
    return taken;
  }
}

function unsigned(value: number, width: 2 | 4): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes.subarray(0, width);
}

function outOfRange(value: number | bigint): CodedError<CryptoCode> {
  return new CodedError("VALUE_OUT_OF_RANGE", `${value} does not fit its field on the chain`);
}
