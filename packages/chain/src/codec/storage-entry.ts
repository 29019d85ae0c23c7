import { blake2b } from "@noble/hashes/blake2.js";
import { Twox64Concat, Twox128, Twox256 } from "@polkadot-api/substrate-bindings";
import { chainError } from "../errors.ts";
import { ByteReader } from "./byte-reader.ts";
import type { Decode } from "./decoder.ts";
import { concat, encodeValue } from "./encoder.ts";
import type { TypeTable } from "./types.ts";

/** What a storage item's metadata says, bound to its types. */
export interface StorageItem {
  readonly pallet: string;
  readonly item: string;
  /** Key types, one per hasher. */
  readonly keyTypes: readonly number[];
  readonly hashers: readonly string[];
  readonly decode: Decode;
  readonly decodeKeys: readonly Decode[];
  /** Encoded default, or undefined when a missing value means none. */
  readonly fallback: Uint8Array | undefined;
}

const HASHERS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  Identity: (bytes) => bytes,
  Blake2128Concat: (bytes) => concat([blake2b(bytes, { dkLen: 16 }), bytes]),
  Blake2128: (bytes) => blake2b(bytes, { dkLen: 16 }),
  Blake2256: (bytes) => blake2b(bytes, { dkLen: 32 }),
  Twox64Concat,
  Twox128,
  Twox256,
};

/** Bytes of hash before the key itself, for the hashers that keep the key. */
const HASH_BYTES: Readonly<Record<string, number>> = {
  Identity: 0,
  Twox64Concat: 8,
  Blake2128Concat: 16,
};

const text = new TextEncoder();
const prefixes = new Map<string, Uint8Array>();

function itemPrefix({ pallet, item }: StorageItem): Uint8Array {
  const name = `${pallet}.${item}`;
  const known = prefixes.get(name);
  if (known !== undefined) return known;
  const prefix = concat([Twox128(text.encode(pallet)), Twox128(text.encode(item))]);
  prefixes.set(name, prefix);
  return prefix;
}

/** The storage key for `keys`; fewer keys than the item has give a prefix to list under. */
export function storageKey(
  types: TypeTable,
  item: StorageItem,
  keys: readonly unknown[],
): Uint8Array {
  const parts = keys.map((key, index) => {
    const [type, hasher] = [item.keyTypes[index], HASHERS[item.hashers[index] ?? ""]];
    if (type === undefined || hasher === undefined) {
      throw chainError(
        "CALL_UNENCODABLE",
        `${item.pallet}.${item.item} takes ${item.keyTypes.length} keys, not ${keys.length}`,
      );
    }
    return hasher(encodeValue(types, type, key));
  });
  return concat([itemPrefix(item), ...parts]);
}

/** The keys inside a listed storage key; a key behind a one-way hash is undefined. */
export function keysOf(item: StorageItem, key: Uint8Array): readonly unknown[] {
  const reader = new ByteReader(key);
  reader.bytes(32);
  return item.hashers.map((hasher, index) => {
    const hashBytes = HASH_BYTES[hasher];
    if (hashBytes === undefined) return undefined;
    reader.bytes(hashBytes);
    return item.decodeKeys[index]?.(reader);
  });
}

/** The value of stored bytes; without bytes the default, or undefined when the item is optional. */
export function storedValue(item: StorageItem, bytes: Uint8Array | undefined): unknown {
  const present = bytes ?? item.fallback;
  return present === undefined ? undefined : item.decode(new ByteReader(present));
}
