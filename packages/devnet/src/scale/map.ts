import { tuple, vec } from "./compose.ts";
import { defineType, type Type } from "./type.ts";

/** `BTreeMap`: entries in the order of their keys, which is the caller's to keep. */
export function bTreeMap<K, V>(key: Type<K>, value: Type<V>): Type<[K, V][]> {
  const entries = vec(tuple(key, value));
  return defineType(
    entries.codec as Type<[K, V][]>["codec"],
    { tag: "composite", fields: [{ type: entries }] },
    ["BTreeMap"],
    [
      { name: "K", type: key },
      { name: "V", type: value },
    ],
  );
}
