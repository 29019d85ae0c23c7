import { CodedError } from "@neurond/primitives";
import { ENTRY_BYTES, type Entry, readEntry, readSize, writeSize } from "./entry.ts";
import type { StorageCode } from "./errors.ts";
import { isShardSize, leavesOf } from "./limits.ts";

/** Entries by index and in order: an `EntryList`, or an array where there are few. */
export interface Entries extends Iterable<Entry> {
  readonly length: number;
  /** Undefined beyond the last. */
  at(index: number): Entry | undefined;
}

/**
 * The entries of an inventory, in the bytes that they are archived in: an object is made of one when
 * it is asked for, so ten million take 720 MB beside the heap and not several gigabytes in it.
 */
export class EntryList implements Entries {
  /** 72 bytes of each entry, one after the other. */
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly #view: DataView;

  private constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.length = bytes.length / ENTRY_BYTES;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#check();
  }

  /**
   * Reads an archived list. Its bytes are kept, not copied.
   * @throws CodedError INVENTORY_INVALID unless ids ascend strictly and every size is a shard's
   */
  static decode(bytes: Uint8Array): EntryList {
    if (bytes.length % ENTRY_BYTES === 0) return new EntryList(bytes);
    throw invalid(`a list of ${bytes.length} bytes ends within an entry`);
  }

  /**
   * The list of these entries.
   * @throws CodedError INVENTORY_INVALID unless ids ascend strictly and every field has its width
   */
  static of(entries: Entries): EntryList {
    if (entries instanceof EntryList) return entries;
    const bytes = new Uint8Array(entries.length * ENTRY_BYTES);
    const view = new DataView(bytes.buffer);
    let offset = 0;
    for (const { shardId, root, size } of entries) {
      if (shardId.length !== 32 || root.length !== 32 || !isShardSize(size)) {
        throw ofWrongWidth(offset / ENTRY_BYTES);
      }
      bytes.set(shardId, offset);
      bytes.set(root, offset + 32);
      writeSize(view, offset, size);
      offset += ENTRY_BYTES;
    }
    return new EntryList(bytes);
  }

  at(index: number): Entry | undefined {
    if (index < 0 || index >= this.length) return undefined;
    return readEntry(this.bytesAt(index));
  }

  /** The 72 bytes of an entry there is. */
  bytesAt(index: number): Uint8Array {
    return this.bytes.subarray(index * ENTRY_BYTES, (index + 1) * ENTRY_BYTES);
  }

  /** Leaves of the shard of an entry there is. */
  leavesAt(index: number): number {
    return leavesOf(readSize(this.#view, index * ENTRY_BYTES));
  }

  /** The entry of a shard. */
  find(shardId: Uint8Array): Entry | undefined {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const order = compareIds(shardId, 0, this.bytes, middle * ENTRY_BYTES);
      if (order === 0) return this.at(middle);
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return undefined;
  }

  *[Symbol.iterator](): Generator<Entry> {
    for (let index = 0; index < this.length; index += 1) yield readEntry(this.bytesAt(index));
  }

  #check(): void {
    for (let index = 0; index < this.length; index += 1) {
      const offset = index * ENTRY_BYTES;
      if (!isShardSize(readSize(this.#view, offset))) throw ofWrongWidth(index);
      if (index > 0 && compareIds(this.bytes, offset - ENTRY_BYTES, this.bytes, offset) >= 0) {
        throw invalid(`entry ${index} does not ascend: sort by shard id, each once`);
      }
    }
  }
}

/** Orders shard ids in their places: a view of each would cost more than to compare them. */
function compareIds(a: Uint8Array, atA: number, b: Uint8Array, atB: number): number {
  for (let at = 0; at < 32; at += 1) {
    const difference = (a[atA + at] ?? 0) - (b[atB + at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function ofWrongWidth(index: number): CodedError<StorageCode> {
  return invalid(`entry ${index} has a field of wrong width or size`);
}

function invalid(message: string): CodedError<StorageCode> {
  return new CodedError("INVENTORY_INVALID", message);
}
