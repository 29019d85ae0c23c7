import { u64 } from "@neurond/crypto";
import { CodedError } from "@neurond/primitives";
import { concatBytes } from "@noble/hashes/utils.js";
import type { StorageCode } from "./errors.ts";
import { isShardSize } from "./limits.ts";

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
    // Beyond 2^53 this rounds, which no valid size can come out of.
    size: view.getUint32(64) * 2 ** 32 + view.getUint32(68),
  };
}

/** A list as it is archived: its entries one after the other. */
export function encodeEntries(entries: readonly Entry[]): Uint8Array {
  return concatBytes(...entries.map(encodeEntry));
}

/**
 * Reads an archived list and checks it.
 * @throws CodedError INVENTORY_INVALID
 */
export function decodeEntries(bytes: Uint8Array): readonly Entry[] {
  if (bytes.length % ENTRY_BYTES !== 0) {
    throw invalid(`a list of ${bytes.length} bytes ends within an entry`);
  }
  const entries = Array.from({ length: bytes.length / ENTRY_BYTES }, (_, index) =>
    readEntry(bytes.slice(index * ENTRY_BYTES, (index + 1) * ENTRY_BYTES)),
  );
  checkEntries(entries);
  return entries;
}

/** Throws INVENTORY_INVALID unless ids ascend strictly and every field has its width. */
export function checkEntries(entries: readonly Entry[]): void {
  let previous: Uint8Array | undefined;
  for (const [index, { shardId, root, size }] of entries.entries()) {
    if (shardId.length !== 32 || root.length !== 32 || !isShardSize(size)) {
      throw invalid(`entry ${index} has a field of wrong width or size`);
    }
    if (previous !== undefined && compareBytes(previous, shardId) >= 0) {
      throw invalid(`entry ${index} does not ascend: sort by shard id, each once`);
    }
    previous = shardId;
  }
}

/** Orders byte strings of equal length. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function invalid(message: string): CodedError<StorageCode> {
  return new CodedError("INVENTORY_INVALID", message);
}
