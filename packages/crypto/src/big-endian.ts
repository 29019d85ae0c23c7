import { CodedError } from "@neurond/primitives";
import type { CryptoCode } from "./errors.ts";

/** One byte. */
export function u8(value: number): Uint8Array {
  return bigEndian(value, 1);
}

/** Two bytes, most significant first. */
export function u16(value: number): Uint8Array {
  return bigEndian(value, 2);
}

/** Four bytes, most significant first. */
export function u32(value: number): Uint8Array {
  return bigEndian(value, 4);
}

/** Eight bytes, most significant first; a number must be a safe integer. */
export function u64(value: number | bigint): Uint8Array {
  return bigEndian(value, 8);
}

function bigEndian(value: number | bigint, width: number): Uint8Array {
  const safe = typeof value === "bigint" || Number.isSafeInteger(value);
  if (!safe || value < 0 || BigInt(value) >> BigInt(8 * width) !== 0n) {
    throw new CodedError<CryptoCode>(
      "VALUE_OUT_OF_RANGE",
      `${value} is not an unsigned integer of ${width} bytes`,
      { value: String(value), width },
    );
  }
  const bytes = new Uint8Array(width);
  let rest = BigInt(value);
  for (let at = width - 1; at >= 0; at -= 1) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}
