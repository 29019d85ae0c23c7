import { chainError } from "../errors.ts";
import { accountText } from "./accounts.ts";
import type { ByteReader } from "./byte-reader.ts";
import {
  type Field,
  isAccount,
  primitiveName,
  type TypeEntry,
  type TypeTable,
  unwrapNewtype,
} from "./types.ts";

/** Reads one value of a type. */
export type Decode = (reader: ByteReader) => unknown;

/** A variant of an enum: its name, and its fields (none, one, list, or by name). */
export interface Variant {
  readonly kind: string;
  readonly value: unknown;
}

/**
 * Compiles decoders for a runtime's own types, on demand. Values come out plain: integers up to 32
 * bits as numbers, longer ones as bigints, accounts as ss58 text, bytes as Uint8Array, `Option` as
 * value or undefined, enums as `Variant`, newtypes as what they wrap.
 */
export function createDecoders(types: TypeTable): (id: number) => Decode {
  const compiled: (Decode | undefined)[] = [];
  const decoderOf = (id: number): Decode => {
    const known = compiled[id];
    if (known !== undefined) return known;
    // A runtime call contains calls: while it compiles, those who refer to it look it up later.
    compiled[id] = (reader) => (compiled[id] as Decode)(reader);
    const decode = compile(types, id, decoderOf);
    compiled[id] = decode;
    return decode;
  };
  return decoderOf;
}

type DecoderOf = (id: number) => Decode;

function compile(types: TypeTable, id: number, of: DecoderOf): Decode {
  const entry = types[id];
  if (entry === undefined) throw chainError("METADATA_UNDECODABLE", `no type ${id} in metadata`);
  const { def } = entry;
  switch (def.tag) {
    case "primitive":
      return primitive(def.value.tag);
    case "compact":
      return isSmall(types, def.value) ? (r) => r.compact() : (r) => r.compactBig();
    case "composite":
      return isAccount(entry) ? (r) => accountText(r.bytes(32)) : fields(def.value, of);
    case "tuple":
      return tuple(def.value.map(of));
    case "sequence":
      return list(types, def.value, of, (r) => r.length());
    case "array": {
      const { len } = def.value;
      return list(types, def.value.type, of, () => len);
    }
    case "variant":
      return variants(entry, def.value, of);
    case "bitSequence":
      return () => {
        throw chainError("STATE_UNDECODABLE", "bit sequences are not supported");
      };
  }
}

function isSmall(types: TypeTable, id: number): boolean {
  const name = primitiveName(types, id);
  return name === "u8" || name === "u16" || name === "u32";
}

const PRIMITIVES: Readonly<Record<string, Decode>> = {
  bool: (r) => r.bool(),
  u8: (r) => r.u8(),
  u16: (r) => r.u16(),
  u32: (r) => r.u32(),
  u64: (r) => r.u64(),
  u128: (r) => r.u128(),
  u256: (r) => r.u256(),
  i8: (r) => r.i8(),
  i16: (r) => r.i16(),
  i32: (r) => r.i32(),
  i64: (r) => r.i64(),
  i128: (r) => r.i128(),
  i256: (r) => r.i256(),
  char: (r) => String.fromCodePoint(r.u32()),
  str: (r) => new TextDecoder().decode(r.bytes(r.length())),
};

function primitive(name: string): Decode {
  const decode = PRIMITIVES[name];
  if (decode === undefined) throw chainError("METADATA_UNDECODABLE", `unknown primitive ${name}`);
  return decode;
}

function tuple(items: readonly Decode[]): Decode {
  const [only] = items;
  if (items.length === 0) return () => undefined;
  if (items.length === 1 && only !== undefined) return only;
  return (reader) => items.map((decode) => decode(reader));
}

function fields(list: readonly Field[], of: DecoderOf): Decode {
  const named = list.filter((field) => field.name !== undefined);
  if (named.length < list.length || list.length === 0) return tuple(list.map((f) => of(f.type)));
  const names = named.map((field) => field.name ?? "");
  const decoders = named.map((field) => of(field.type));
  return (reader) => {
    const value: Record<string, unknown> = {};
    for (let index = 0; index < names.length; index++) {
      value[names[index] ?? ""] = decoders[index]?.(reader);
    }
    return value;
  };
}

function list(
  types: TypeTable,
  item: number,
  of: DecoderOf,
  length: (r: ByteReader) => number,
): Decode {
  if (primitiveName(types, item) === "u8") return (reader) => reader.bytes(length(reader)).slice();
  if (isCompactByte(types, item)) return compactBytes;
  const decode = of(item);
  return (reader) => {
    const count = length(reader);
    const values: unknown[] = [];
    for (let index = 0; index < count; index++) values.push(decode(reader));
    return values;
  };
}

/** Names and symbols in the runtime APIs are lists of compact bytes. */
function isCompactByte(types: TypeTable, id: number): boolean {
  const def = types[unwrapNewtype(types, id)]?.def;
  return def?.tag === "compact" && primitiveName(types, def.value) === "u8";
}

function compactBytes(reader: ByteReader): Uint8Array {
  const bytes = new Uint8Array(reader.length());
  for (let index = 0; index < bytes.length; index++) bytes[index] = reader.compact();
  return bytes;
}

interface VariantEntry {
  readonly name: string;
  readonly index: number;
  readonly fields: readonly Field[];
}

function variants(entry: TypeEntry, list: readonly VariantEntry[], of: DecoderOf): Decode {
  const [none, some] = list;
  if (entry.path.length === 1 && entry.path[0] === "Option" && none?.name === "None") {
    const inner = fields(some?.fields ?? [], of);
    return (reader) => (reader.u8() === 0 ? undefined : inner(reader));
  }
  const byIndex: ({ kind: string; decode: Decode } | undefined)[] = [];
  for (const variant of list) {
    // Compiled at first use: an outer enum reaches every call of the runtime.
    let decode: Decode | undefined;
    byIndex[variant.index] = {
      kind: variant.name,
      decode: (reader) => {
        decode ??= fields(variant.fields, of);
        return decode(reader);
      },
    };
  }
  return (reader): Variant => {
    const index = reader.u8();
    const variant = byIndex[index];
    if (variant === undefined) {
      throw chainError("STATE_UNDECODABLE", `${entry.path.join("::")} has no variant ${index}`);
    }
    return { kind: variant.kind, value: variant.decode(reader) };
  };
}
