import { u64 } from "@neurond/crypto";
import { concatBytes } from "@noble/hashes/utils.js";

/** One shard in an inventory. Size stands beside root wherever a root is used. */
export interface Entry {
  readonly shardId: Uint8Array;
  readonly root: Uint8Array;
  /** Bytes, sealed. */
  readonly size: number;
}

/** Bytes of an entry: shard id, root, size as u64. */
export const ENTRY_BYTES = 72;

/** The bytes of an entry. */
export function encodeEntry({ shardId, root, size }: Entry): Uint8Array {
  return concatBytes(shardId, root, u64(size));
}

/** Reads 72 bytes as they are; the size may be one no shard can have. */
export function readEntry(bytes: Uint8Array): Entry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    shardId: bytes.subarray(0, 32),
    root: bytes.subarray(32, 64),
    size: readSize(view, 0),
  };
}

/** The size in the entry that begins at `offset`. Beyond 2^53 it rounds, which no valid size can come out of. */
export function readSize(view: DataView, offset: number): number {
  return view.getUint32(offset + 64) * 2 ** 32 + view.getUint32(offset + 68);
}

/** Writes the size into the entry that begins at `offset`. */
export function writeSize(view: DataView, offset: number, size: number): void {
  view.setUint32(offset + 64, Math.floor(size / 2 ** 32));
  view.setUint32(offset + 68, size % 2 ** 32);
}

/** Orders byte strings of equal length. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
