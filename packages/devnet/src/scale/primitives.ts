import { compactBn, compactNumber } from "@polkadot-api/substrate-bindings";
import * as scale from "scale-ts";
import { type AnyType, defineType, type Primitive, type Type } from "./type.ts";

const primitive = <T>(name: Primitive, codec: scale.Codec<T>): Type<T> =>
  defineType(codec, { tag: "primitive", name });

export const bool = primitive("bool", scale.bool);
export const str = primitive("str", scale.str);
export const u8 = primitive("u8", scale.u8);
export const u16 = primitive("u16", scale.u16);
export const u32 = primitive("u32", scale.u32);
export const u64 = primitive("u64", scale.u64);
export const u128 = primitive("u128", scale.u128);
export const i16 = primitive("i16", scale.i16);
export const i64 = primitive("i64", scale.i64);
export const i128 = primitive("i128", scale.i128);

const compact = <T>(codec: scale.Codec<T>, of: AnyType): Type<T> =>
  defineType(codec, { tag: "compact", of });

export const compactU8 = compact(compactNumber, u8);
export const compactU16 = compact(compactNumber, u16);
export const compactU32 = compact(compactNumber, u32);
export const compactU64 = compact(compactBn, u64);
export const compactU128 = compact(compactBn, u128);

/** `Vec<u8>`. */
export const bytes: Type<Uint8Array> = defineType(scale.Bytes(), { tag: "sequence", of: u8 });

/** `[u8; length]`. */
export const fixedBytes = (length: number): Type<Uint8Array> =>
  defineType(scale.Bytes(length), { tag: "array", of: u8, length });

export const unit: Type<undefined> = defineType(scale._void, { tag: "tuple", of: [] });
