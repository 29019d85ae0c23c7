import { crc32 as nativeCrc32 } from "node:zlib";
import { type CrcTables, crcTables } from "./crc-tables.ts";

/** A running CRC; its digest is big-endian. */
export interface Crc {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

/** CRC-32 of ISO-HDLC, by the runtime itself. */
export function crc32(): Crc {
  let value = 0;
  return {
    update(bytes) {
      value = nativeCrc32(bytes, value);
    },
    digest: () => bigEndian(value, null),
  };
}

let castagnoli: CrcTables | undefined;
let nvme: CrcTables | undefined;

/** CRC-32C (RFC 3720 section 12.1). */
export function crc32c(): Crc {
  castagnoli ??= crcTables(0x82f63b78, 0);
  return tableCrc(castagnoli, false);
}

/** CRC-64/NVME. */
export function crc64nvme(): Crc {
  nvme ??= crcTables(0xac4bc9b5, 0x9a6c9329);
  return tableCrc(nvme, true);
}

function tableCrc({ low, high }: CrcTables, isWide: boolean): Crc {
  let l = -1;
  let h = isWide ? -1 : 0;
  return {
    update(bytes) {
      const { length } = bytes;
      const view = new DataView(bytes.buffer, bytes.byteOffset, length);
      let at = 0;
      for (; at + 8 <= length; at += 8) {
        const a = l ^ view.getInt32(at, true);
        const b = h ^ view.getInt32(at + 4, true);
        const i0 = 1792 + (a & 255);
        const i1 = 1536 + ((a >>> 8) & 255);
        const i2 = 1280 + ((a >>> 16) & 255);
        const i3 = 1024 + (a >>> 24);
        const i4 = 768 + (b & 255);
        const i5 = 512 + ((b >>> 8) & 255);
        const i6 = 256 + ((b >>> 16) & 255);
        const i7 = b >>> 24;
        l = xor(low, i0, i1, i2, i3) ^ xor(low, i4, i5, i6, i7);
        if (isWide) h = xor(high, i0, i1, i2, i3) ^ xor(high, i4, i5, i6, i7);
      }
      for (; at < length; at += 1) {
        const index = (l ^ view.getUint8(at)) & 255;
        l = ((l >>> 8) | (h << 24)) ^ (low[index] ?? 0);
        h = (h >>> 8) ^ (high[index] ?? 0);
      }
    },
    digest: () => bigEndian(~l, isWide ? ~h : null),
  };
}

const xor = (table: Int32Array, a: number, b: number, c: number, d: number) =>
  (table[a] ?? 0) ^ (table[b] ?? 0) ^ (table[c] ?? 0) ^ (table[d] ?? 0);

function bigEndian(low: number, high: number | null): Buffer {
  const bytes = Buffer.alloc(high === null ? 4 : 8);
  bytes.writeUInt32BE(low >>> 0, bytes.length - 4);
  if (high !== null) bytes.writeUInt32BE(high >>> 0, 0);
  return bytes;
}

/** Of each CRC its reflected polynomial and its width in bits. */
const SHAPES = {
  CRC32: { polynomial: 0xedb88320n, width: 32n },
  CRC32C: { polynomial: 0x82f63b78n, width: 32n },
  CRC64NVME: { polynomial: 0x9a6c9329ac4bc9b5n, width: 64n },
} as const;

/** The CRC of two stretches in a row, from theirs and the length of the second. */
export function combineCrc(
  algorithm: keyof typeof SHAPES,
  first: Uint8Array,
  second: Uint8Array,
  secondLength: number,
): Buffer {
  const { polynomial, width } = SHAPES[algorithm];
  const top = 1n << (width - 1n);
  const multiply = (a: bigint, b: bigint) => {
    let [product, factor] = [0n, b];
    for (let bit = top; bit > 0n; bit >>= 1n) {
      if ((a & bit) !== 0n) product ^= factor;
      factor = (factor & 1n) === 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
    }
    return product;
  };
  // x to the power of eight times the length, by squaring; `top` is 1 and `top >> 1` is x.
  let [power, square] = [top, top >> 1n];
  for (let exponent = BigInt(secondLength) * 8n; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) power = multiply(power, square);
    square = multiply(square, square);
  }
  const value = multiply(power, toBig(first)) ^ toBig(second);
  return Buffer.from(value.toString(16).padStart(Number(width / 4n), "0"), "hex");
}

const toBig = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString("hex") || "0"}`);
