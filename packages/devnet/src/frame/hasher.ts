import { type Hex, toHex } from "@neurond/primitives";
import { Blake2128Concat, Twox64Concat, Twox128 } from "@polkadot-api/substrate-bindings";
import type { AnyType, Type } from "../scale/type.ts";

/** How one part of a map key is laid out: every hasher we use keeps the raw key readable. */
export interface KeyPart<T> {
  readonly hasher: "Identity" | "Twox64Concat" | "Blake2128Concat";
  readonly type: Type<T>;
  /** Bytes in front of the raw key. */
  readonly skip: number;
  /** The part of the key that stands for a value, as hex without `0x`. */
  readonly hex: (value: T) => string;
}

export const identity = partsOf("Identity", 0, (encoded) => encoded);
export const twox64 = partsOf("Twox64Concat", 8, Twox64Concat);
export const blake2 = partsOf("Blake2128Concat", 16, Blake2128Concat);

/** All items that hash the same type share one part, and with it what is remembered. */
function partsOf(
  hasher: KeyPart<unknown>["hasher"],
  skip: number,
  hash: (encoded: Uint8Array) => Uint8Array,
) {
  const parts = new WeakMap<AnyType, unknown>();
  return <T>(type: Type<T>): KeyPart<T> => {
    const known = parts.get(type) as KeyPart<T> | undefined;
    if (known) return known;
    const part = { hasher, type, skip, hex: remember(type, hash) };
    parts.set(type, part);
    return part;
  };
}

/** Encoded length of a key part inside a longer key, so that the parts can be told apart. */
export const encodedLength = (type: AnyType, value: unknown) =>
  (type.codec as Type<unknown>["codec"]).enc(value).length;

const text = new TextEncoder();
export const twox128 = (name: string): Hex => toHex(Twox128(text.encode(name)));

/** An epoch asks for the same few thousand hotkeys again and again; the cap bounds memory at ~20 MB. */
const REMEMBERED = 65_536;

/** Every type that keys are made of has values that compare by content; others are hashed anew. */
function remember<T>(type: Type<T>, hash: (encoded: Uint8Array) => Uint8Array) {
  const seen = new Map<T, string>();
  return (value: T): string => {
    const known = seen.get(value);
    if (known !== undefined) return known;
    const hex = toHex(hash(type.codec.enc(value))).slice(2);
    if (typeof value === "object") return hex;
    if (seen.size >= REMEMBERED) seen.clear();
    seen.set(value, hex);
    return hex;
  };
}
