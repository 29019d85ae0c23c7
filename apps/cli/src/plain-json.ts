import { toHex } from "@neurond/primitives";
import type { z } from "zod";

/** What JSON can hold without loss of meaning. */
export type PlainJson = z.core.util.JSONType;

/** Decoded chain values as JSON: big integers as decimal text, bytes as hex, absent values as null. */
export function plainJson(value: unknown): PlainJson {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return value.toString();
    case "object":
      return value === null ? null : plainObject(value);
    default:
      return null;
  }
}

function plainObject(value: object): PlainJson {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plainJson);
  if (value instanceof Map) return [...value].map((one) => plainJson(one));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plainJson(one)]));
}
