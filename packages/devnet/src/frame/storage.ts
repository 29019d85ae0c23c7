import type { Hex } from "@neurond/primitives";
import { decode } from "../scale/decode.ts";
import type { AnyType, Type } from "../scale/type.ts";
import type { State, StateReader } from "../state/state.ts";
import { encodedLength, type KeyPart, twox128 } from "./hasher.ts";

type Parts<Keys extends readonly unknown[]> = { readonly [I in keyof Keys]: KeyPart<Keys[I]> };
/** Leading keys of a map: all of them name an entry, fewer name a range. */
type Leading<Keys extends readonly unknown[]> = Keys extends readonly [infer K, ...infer Rest]
  ? readonly [] | readonly [K, ...Leading<Rest>]
  : readonly [];

/**
 * One storage item: its key layout, its value type and what a missing entry means. `Read` is
 * `Value` for items with a default and `Value | undefined` for optional ones.
 */
export class StorageItem<Keys extends readonly unknown[], Value, Read> {
  readonly pallet: string;
  readonly name: string;
  readonly parts: Parts<Keys>;
  readonly type: Type<Value>;
  readonly modifier: "Default" | "Optional";
  /** What `get` answers for a missing entry. */
  readonly missing: Read;
  readonly prefix: Hex;

  constructor(
    pallet: string,
    name: string,
    parts: Parts<Keys>,
    type: Type<Value>,
    modifier: "Default" | "Optional",
    missing: Read,
  ) {
    this.pallet = pallet;
    this.name = name;
    this.parts = parts;
    this.type = type;
    this.modifier = modifier;
    this.missing = missing;
    this.prefix = `${twox128(pallet)}${twox128(name).slice(2)}` as Hex;
  }

  /** The storage key of an entry, or the prefix of a range when trailing keys are left out. */
  key(...keys: Keys | Leading<Keys>): Hex {
    let key: string = this.prefix;
    for (let i = 0; i < keys.length; i += 1) key += this.#part(i).hex(keys[i]);
    return key as Hex;
  }

  get(state: StateReader, ...keys: Keys): Read {
    const bytes = state.get(this.key(...keys));
    return bytes ? this.#decode(bytes) : this.missing;
  }

  has(state: StateReader, ...keys: Keys): boolean {
    return state.get(this.key(...keys)) !== undefined;
  }

  set(state: State, keys: Keys, value: Value): void {
    state.set(this.key(...keys), this.type.codec.enc(value));
  }

  update(state: State, keys: Keys, change: (value: Read) => Value): void {
    this.set(state, keys, change(this.get(state, ...keys)));
  }

  remove(state: State, ...keys: Keys): void {
    state.delete(this.key(...keys));
  }

  /** Deletes every entry under the leading keys. */
  clear(state: State, ...leading: Leading<Keys>): void {
    for (const key of state.keys(this.key(...leading))) state.delete(key);
  }

  /** Entries under the leading keys in storage order. */
  *entries(state: StateReader, ...leading: Leading<Keys>): Generator<[keys: Keys, value: Value]> {
    for (const key of state.keys(this.key(...leading))) {
      const bytes = state.get(key);
      if (bytes) yield [this.#keysOf(key), decode(this.type, bytes)];
    }
  }

  /** The bytes that metadata shows for a missing entry. */
  fallback(): Uint8Array {
    return this.modifier === "Default"
      ? this.type.codec.enc(this.missing as Value & Read)
      : Uint8Array.of(0);
  }

  #decode(bytes: Uint8Array): Read {
    return decode(this.type, bytes) as Value & Read;
  }

  #part(index: number): KeyPart<unknown> {
    const part = (this.parts as readonly KeyPart<unknown>[])[index];
    if (!part) throw new RangeError(`${this.pallet}.${this.name} has no key ${index}`);
    return part;
  }

  #keysOf(key: Hex): Keys {
    let rest = Buffer.from(key.slice(this.prefix.length), "hex");
    const keys = (this.parts as readonly KeyPart<unknown>[]).map((part) => {
      const raw = rest.subarray(part.skip);
      const value = decode(part.type, raw);
      rest = raw.subarray(encodedLength(part.type, value));
      return value;
    });
    return keys as unknown[] as readonly unknown[] as Keys;
  }
}

export type AnyItem = Pick<
  StorageItem<readonly unknown[], unknown, unknown>,
  "pallet" | "name" | "modifier" | "prefix" | "fallback"
> & {
  readonly parts: readonly { hasher: KeyPart<unknown>["hasher"]; type: AnyType }[];
  readonly type: AnyType;
};

/** Declares the storage items of one pallet. */
export function storageOf(pallet: string) {
  return {
    /** An item whose missing entries read as `missing`. */
    item<const Keys extends readonly unknown[], Value>(
      name: string,
      parts: Parts<Keys>,
      type: Type<Value>,
      missing: NoInfer<Value>,
    ) {
      return new StorageItem<Keys, Value, Value>(pallet, name, parts, type, "Default", missing);
    },
    /** An item whose missing entries are absent. */
    optional<const Keys extends readonly unknown[], Value>(
      name: string,
      parts: Parts<Keys>,
      type: Type<Value>,
    ) {
      return new StorageItem<Keys, Value, Value | undefined>(
        pallet,
        name,
        parts,
        type,
        "Optional",
        undefined,
      );
    },
  };
}
