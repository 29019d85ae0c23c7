import { decodeSs58 } from "@neurond/primitives";
import { chainError } from "../errors.ts";
import type { Variant } from "./decoder.ts";
import { type Field, isAccount, type TypeTable } from "./types.ts";

/**
 * Encodes plain values of a runtime's own types: storage keys and arguments of runtime APIs.
 * Takes the same shapes the decoder gives. Extrinsics are encoded by polkadot.js instead.
 */
export function encodeValue(types: TypeTable, id: number, value: unknown): Uint8Array {
  const entry = types[id];
  if (entry === undefined) throw chainError("METADATA_UNDECODABLE", `no type ${id} in metadata`);
  const { def } = entry;
  switch (def.tag) {
    case "primitive":
      return primitive(def.value.tag, value);
    case "compact":
      return compact(integer(value));
    case "composite":
      return isAccount(entry) ? account(value) : fields(types, def.value, value);
    case "tuple":
      return tuple(types, def.value, value);
    case "sequence": {
      if (value instanceof Uint8Array) return concat([compact(BigInt(value.length)), value]);
      const items = array(value).map((item) => encodeValue(types, def.value, item));
      return concat([compact(BigInt(items.length)), ...items]);
    }
    case "array":
      if (value instanceof Uint8Array && value.length === def.value.len) return value;
      throw unencodable(value, `${def.value.len} bytes`);
    case "variant": {
      if (entry.path.at(-1) === "Option") return option(types, def.value, value);
      const { kind, value: inner } = variant(value);
      const found = def.value.find((candidate) => candidate.name === kind);
      if (found === undefined) throw unencodable(value, `a variant of ${entry.path.join("::")}`);
      return concat([Uint8Array.of(found.index), fields(types, found.fields, inner)]);
    }
    case "bitSequence":
      throw unencodable(value, "a bit sequence");
  }
}

/** A SCALE compact number below 2^536. */
export function compact(value: bigint): Uint8Array {
  if (value < 0x40n) return little(value << 2n, 1);
  if (value < 0x4000n) return little((value << 2n) | 1n, 2);
  if (value < 0x4000_0000n) return little((value << 2n) | 2n, 4);
  const length = Math.max(4, Math.ceil(value.toString(16).length / 2));
  return concat([Uint8Array.of(((length - 4) << 2) | 3), little(value, length)]);
}

/** Bytes one after another. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const total = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    total.set(part, offset);
    offset += part.length;
  }
  return total;
}

function primitive(name: string, value: unknown): Uint8Array {
  if (name === "bool") return Uint8Array.of(value === true ? 1 : 0);
  const bits = /^[ui](8|16|32|64|128|256)$/.exec(name)?.[1];
  if (bits === undefined) throw unencodable(value, name);
  const number = integer(value);
  const wide = BigInt.asUintN(Number(bits), number);
  const back = name.startsWith("i") ? BigInt.asIntN(Number(bits), wide) : wide;
  if (back !== number) throw unencodable(value, name);
  return little(wide, Number(bits) / 8);
}

function account(value: unknown): Uint8Array {
  if (value instanceof Uint8Array && value.length === 32) return value;
  if (typeof value === "string") return decodeSs58(value);
  throw unencodable(value, "an account");
}

function fields(types: TypeTable, list: readonly Field[], value: unknown): Uint8Array {
  const [only] = list;
  if (only === undefined) return new Uint8Array();
  if (only.name === undefined) {
    return tuple(
      types,
      list.map((field) => field.type),
      value,
    );
  }
  const record = object(value);
  return concat(list.map((field) => encodeValue(types, field.type, record[field.name ?? ""])));
}

function tuple(types: TypeTable, items: readonly number[], value: unknown): Uint8Array {
  const [only] = items;
  if (only === undefined) return new Uint8Array();
  if (items.length === 1) return encodeValue(types, only, value);
  const values = array(value);
  return concat(items.map((id, index) => encodeValue(types, id, values[index])));
}

function option(
  types: TypeTable,
  list: readonly { readonly fields: readonly Field[] }[],
  value: unknown,
): Uint8Array {
  if (value === undefined) return Uint8Array.of(0);
  return concat([Uint8Array.of(1), fields(types, list[1]?.fields ?? [], value)]);
}

function little(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let index = 0; index < length; index++) {
    bytes[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

function integer(value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  throw unencodable(value, "an integer");
}

function array(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw unencodable(value, "a list");
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw unencodable(value, "an object");
}

function variant(value: unknown): Variant {
  const { kind, value: inner } = object(value);
  if (typeof kind === "string") return { kind, value: inner };
  throw unencodable(value, "a variant");
}

function unencodable(value: unknown, wanted: string): Error {
  return chainError("CALL_UNENCODABLE", `${String(value)} is not ${wanted}`, { wanted });
}
