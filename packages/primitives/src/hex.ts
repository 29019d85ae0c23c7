import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { CodedError, type PrimitivesCode } from "./errors.ts";

/** Lower-case hexadecimal text with its `0x`. */
export type Hex = `0x${string}`;

const PAIRS = /^(?:0x)?((?:[0-9a-fA-F]{2})*)$/;

/** Writes bytes as `0x` and lower-case hexadecimal digits. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${bytesToHex(bytes)}`;
}

/** Reads hexadecimal text of either case; `0x` is optional, because drand and keyfiles disagree about it. */
export function fromHex(text: string): Uint8Array {
  const digits = PAIRS.exec(text)?.[1];
  if (digits === undefined) {
    // The text may be a secret: only its length is reported.
    throw new CodedError<PrimitivesCode>(
      "HEX_INVALID",
      `text of ${text.length} characters is not hexadecimal: give pairs of 0-9a-f`,
      { length: text.length },
    );
  }
  return hexToBytes(digits);
}
