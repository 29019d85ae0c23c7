import { fromHex, type Hex, type Hotkey, type Netuid, parseHotkey } from "@neurond/primitives";
import { z } from "zod";

const MAX_U32 = 0xffff_ffff;

function isHotkey(text: unknown): boolean {
  if (typeof text !== "string") return false;
  try {
    parseHotkey(text);
    return true;
  } catch {
    return false;
  }
}

/** Lower-case hexadecimal text of so many bytes. */
function hexOf(bytes: number) {
  const shape = new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`);
  return z.custom<Hex>((value) => typeof value === "string" && shape.test(value));
}

const HEX = /^0x[0-9a-f]*$/;

/** The checked fields that tasks, evidence and manifests are made of. */
export const field = {
  hotkey: z.custom<Hotkey>(isHotkey),
  netuid: z.custom<Netuid>(
    (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0xffff,
  ),
  u16: z.int().min(0).max(0xffff),
  u32: z.int().min(0).max(MAX_U32),
  /** Blocks, bytes and milliseconds. */
  count: z.int().min(0),
  hash: hexOf(32),
  signature: hexOf(64),
  blsSignature: hexOf(48),
  hexUpTo: (bytes: number) =>
    z.custom<Hex>(
      (value) =>
        typeof value === "string" &&
        value.length <= 2 + 2 * bytes &&
        value.length % 2 === 0 &&
        HEX.test(value),
    ),
};

/** The bytes of a checked field. */
export function bytesOf(hex: Hex): Uint8Array {
  return fromHex(hex);
}
