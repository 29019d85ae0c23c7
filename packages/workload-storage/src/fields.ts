import type { Hex, Netuid } from "@neurond/primitives";
import { field as common } from "@neurond/workload";
import { z } from "zod";

const MAX_U32 = 0xffff_ffff;

/** Values of lower-case digits by character code; -1 for every other character. */
const NIBBLES = Int8Array.from({ length: 128 }, (_, code) =>
  "0123456789abcdef".indexOf(String.fromCharCode(code)),
);

function isHex(text: string): boolean {
  if (!text.startsWith("0x") || text.length % 2 !== 0) return false;
  for (let at = 2; at < text.length; at += 1) {
    if ((NIBBLES[text.charCodeAt(at)] ?? -1) < 0) return false;
  }
  return true;
}

/** The checked fields that tasks, evidence and manifests are made of. */
export const field = {
  hotkey: common.hotkey,
  netuid: z.custom<Netuid>(
    (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0xffff,
  ),
  u16: z.int().min(0).max(0xffff),
  u32: z.int().min(0).max(MAX_U32),
  /** Blocks, bytes and milliseconds. */
  count: z.int().min(0),
  hash: common.hex(32),
  /** See `recordNonce`. */
  noncePrefix: common.hex(7),
  signature: common.hex(64),
  blsSignature: common.hex(48),
  hexUpTo: (bytes: number) =>
    z.custom<Hex>(
      (value) => typeof value === "string" && value.length <= 2 + 2 * bytes && isHex(value),
    ),
};

/**
 * The bytes of a checked field. Answers are long: a loop over character codes takes a tenth of what
 * a pattern and a general decoder do.
 */
export function bytesOf(hex: Hex): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2 - 1);
  for (let at = 0; at < bytes.length; at += 1) {
    const high = NIBBLES[hex.charCodeAt(2 * at + 2)] ?? 0;
    bytes[at] = (high << 4) | (NIBBLES[hex.charCodeAt(2 * at + 3)] ?? 0);
  }
  return bytes;
}
