import * as scale from "scale-ts";
import {
  type AnyType,
  defineType,
  type Field,
  type Type,
  type TypeDef,
  type ValueOf,
} from "./type.ts";

/** The codec library cannot name our heterogeneous parts; their types are restored by the caller. */
const codecOf = (type: AnyType) => type.codec as scale.Codec<unknown>;
type Codecs = Parameters<typeof scale.Struct>[0];
const codecsOf = (types: Record<string, AnyType>) =>
  Object.fromEntries(Object.entries(types).map(([name, type]) => [name, codecOf(type)])) as Codecs;

export const vec = <T>(of: Type<T>): Type<T[]> =>
  defineType(scale.Vector(of.codec), { tag: "sequence", of });

export const array = <T>(of: Type<T>, length: number): Type<T[]> =>
  defineType(scale.Vector(of.codec, length), { tag: "array", of, length });

export type TupleValue<T extends readonly AnyType[]> = { -readonly [I in keyof T]: ValueOf<T[I]> };

export const tuple = <const T extends readonly AnyType[]>(...of: T): Type<TupleValue<T>> =>
  defineType(
    scale.Tuple(...of.map(codecOf)) as scale.Codec<unknown> as scale.Codec<TupleValue<T>>,
    {
      tag: "tuple",
      of,
    },
  );

export type StructValue<T extends Record<string, AnyType>> = {
  -readonly [K in keyof T]: ValueOf<T[K]>;
};

const namedFields = (fields: Record<string, AnyType>): Field[] =>
  Object.entries(fields).map(([name, type]) => ({ name, type }));

export const struct = <T extends Record<string, AnyType>>(
  path: readonly string[],
  fields: T,
  params: TypeDef["params"] = [],
): Type<StructValue<T>> =>
  defineType(
    scale.Struct(codecsOf(fields)) as scale.Codec<unknown> as scale.Codec<StructValue<T>>,
    { tag: "composite", fields: namedFields(fields) },
    path,
    params,
  );

/** A composite of one unnamed field: transparent in SCALE, but known to clients by its path. */
export const newtype = <T>(path: readonly string[], inner: Type<T>): Type<T> =>
  defineType(inner.codec, { tag: "composite", fields: [{ type: inner }] }, path);

export const option = <T>(some: Type<T>): Type<T | undefined> =>
  defineType(
    scale.Option(some.codec),
    {
      tag: "variant",
      variants: [
        { name: "None", index: 0, fields: [] },
        { name: "Some", index: 1, fields: [{ type: some }] },
      ],
    },
    ["Option"],
    [{ name: "T", type: some }],
  );

export type VariantParts = Record<string, readonly [index: number, type?: AnyType]>;
export type VariantValue<T extends VariantParts> = {
  [K in keyof T & string]: {
    tag: K;
    value: T[K] extends readonly [number, infer V] ? ValueOf<V> : undefined;
  };
}[keyof T & string];

/**
 * A Rust enum: `{ tag, value }`. The content type of a variant is given as one type: a struct
 * without path stands for named fields, a tuple for unnamed ones, none for a unit variant.
 */
export const variant = <const T extends VariantParts>(
  path: readonly string[],
  parts: T,
  params: TypeDef["params"] = [],
): Type<VariantValue<T>> => {
  const entries = Object.entries(parts).sort(([, [a]], [, [b]]) => a - b);
  const codecs = entries.map(([name, [, type]]) => [name, type ? codecOf(type) : scale._void]);
  const codec = scale.Enum(
    Object.fromEntries(codecs) as Codecs,
    // The library wants a tuple whose length it can count; ours is only known here.
    entries.map(([, [index]]) => index) as never,
  );
  return defineType(
    codec as scale.Codec<unknown> as scale.Codec<VariantValue<T>>,
    () => ({
      tag: "variant",
      variants: entries.map(([name, [index, type]]) => ({ name, index, fields: fieldsOf(type) })),
    }),
    path,
    params,
  );
};

/** Spreads a variant's content type into the fields that metadata lists for it. */
export function fieldsOf(type: AnyType | undefined): readonly Field[] {
  if (!type) return [];
  const { path, shape } = type.describe();
  if (path.length === 0 && shape.tag === "composite") return shape.fields;
  if (path.length === 0 && shape.tag === "tuple") return shape.of.map((part) => ({ type: part }));
  return [{ type }];
}

/** A type that refers to one which does not exist yet (nested calls). */
export const lazy = <T>(get: () => Type<T>): Type<T> => ({
  codec: scale.createCodec(
    (value) => get().codec.enc(value),
    (input) => get().codec.dec(input),
  ),
  describe: () => get().describe(),
});
