import { type Hex, toHex } from "@neurond/primitives";
import { Blake2128Concat, Twox64Concat, Twox128 } from "@polkadot-api/substrate-bindings";
import type { AnyType, Type } from "../scale/type.ts";

/** How one part of a map key is laid out: every hasher we use keeps the raw key readable. */
export interface KeyPart<T> {
  readonly hasher: "Identity" | "Twox64Concat" | "Blake2128Concat";
  readonly type: Type<T>;
  /** Bytes in front of the raw key. */
  readonly skip: number;
  readonly hash: (encoded: Uint8Array) => Uint8Array;
}

export const identity = <T>(type: Type<T>): KeyPart<T> => ({
  hasher: "Identity",
  type,
  skip: 0,
  hash: (encoded) => encoded,
});

export const twox64 = <T>(type: Type<T>): KeyPart<T> => ({
  hasher: "Twox64Concat",
  type,
  skip: 8,
  hash: remember(Twox64Concat),
});

export const blake2 = <T>(type: Type<T>): KeyPart<T> => ({
  hasher: "Blake2128Concat",
  type,
  skip: 16,
  hash: remember(Blake2128Concat),
});

/** Encoded length of a key part inside a longer key, so that the parts can be told apart. */
export const encodedLength = (type: AnyType, value: unknown) =>
  (type.codec as Type<unknown>["codec"]).enc(value).length;

const text = new TextEncoder();
export const twox128 = (name: string): Hex => toHex(Twox128(text.encode(name)));

/** An epoch hashes the same few thousand hotkeys again and again; the cap bounds memory at ~20 MB. */
const REMEMBERED = 65_536;

function remember(hash: (encoded: Uint8Array) => Uint8Array) {
  const seen = new Map<string, Uint8Array>();
  return (encoded: Uint8Array): Uint8Array => {
    const key = Buffer.from(encoded).toString("latin1");
    const known = seen.get(key);
    if (known) return known;
    const hashed = hash(encoded);
    if (seen.size >= REMEMBERED) seen.clear();
    seen.set(key, hashed);
    return hashed;
  };
}
