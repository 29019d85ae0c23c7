import type { Codec } from "scale-ts";

/** A named part of a composite or variant; tuples have no names. */
export interface Field {
  readonly name?: string;
  readonly type: AnyType;
}

export interface VariantDef {
  readonly name: string;
  readonly index: number;
  readonly fields: readonly Field[];
  readonly docs?: readonly string[];
}

/** What a type looks like in metadata (scale-info `TypeDef`). */
export type Shape =
  | { readonly tag: "primitive"; readonly name: Primitive }
  | { readonly tag: "sequence"; readonly of: AnyType }
  | { readonly tag: "array"; readonly of: AnyType; readonly length: number }
  | { readonly tag: "tuple"; readonly of: readonly AnyType[] }
  | { readonly tag: "compact"; readonly of: AnyType }
  | { readonly tag: "composite"; readonly fields: readonly Field[] }
  | { readonly tag: "variant"; readonly variants: readonly VariantDef[] };

export type Primitive =
  | "bool"
  | "str"
  | "u8"
  | "u16"
  | "u32"
  | "u64"
  | "u128"
  | "i8"
  | "i16"
  | "i32"
  | "i64"
  | "i128";

/** Shape plus the path and generic parameters by which clients recognise well-known types. */
export interface TypeDef {
  readonly path: readonly string[];
  readonly params: readonly { readonly name: string; readonly type?: AnyType }[];
  readonly shape: Shape;
}

/** Any SCALE type, when its JavaScript value does not matter. */
export interface AnyType {
  readonly codec: {
    enc(value: never): Uint8Array;
    dec(bytes: Uint8Array | ArrayBuffer | string): unknown;
  };
  /** Called late, so that a type may contain itself. */
  readonly describe: () => TypeDef;
}

/** A SCALE type: how its values are encoded and how metadata describes it, in one place. */
export interface Type<T> extends AnyType {
  readonly codec: Codec<T>;
}

export type ValueOf<T> = T extends Type<infer V> ? V : never;

/** Joins a codec with its description. `path` is the Rust path that clients match on. */
export function defineType<T>(
  codec: Codec<T>,
  shape: Shape | (() => Shape),
  path: readonly string[] = [],
  params: TypeDef["params"] = [],
): Type<T> {
  return {
    codec,
    describe: () => ({ path, params, shape: typeof shape === "function" ? shape() : shape }),
  };
}
