import type { V16 } from "@polkadot-api/substrate-bindings";

const OUTER = new Set(["RuntimeCall", "RuntimeEvent", "RuntimeError"]);

/** Writes a type as text with newtypes resolved, so that two registries can be compared. */
export function canonicalType(lookup: V16["lookup"], id: number): string {
  const entry = lookup[id];
  if (!entry) throw new Error(`type ${id} is missing in its own registry`);
  const name = entry.path.at(-1);
  // The outer enums hold every pallet; a chain with fewer pallets has a smaller one.
  if (name && OUTER.has(name)) return `@${name}`;
  const inner = (type: number) => canonicalType(lookup, type);
  const fields = (list: readonly { name: string | undefined; type: number }[]) =>
    list.map((field) => `${field.name ? `${field.name}:` : ""}${inner(field.type)}`).join(",");
  const { def } = entry;
  switch (def.tag) {
    case "primitive":
      return def.value.tag;
    case "sequence":
      return `Vec<${inner(def.value)}>`;
    case "array":
      return `[${inner(def.value.type)};${def.value.len}]`;
    case "tuple":
      return `(${def.value.map(inner).join(",")})`;
    case "compact":
      return `Compact<${inner(def.value)}>`;
    case "composite": {
      const [only, ...more] = def.value;
      if (only && more.length === 0 && only.name === undefined) return inner(only.type);
      return `{${fields(def.value)}}`;
    }
    case "variant": {
      const variants = [...def.value].sort((a, b) => a.index - b.index);
      return `enum{${variants.map((v) => `${v.index} ${v.name}(${fields(v.fields)})`).join("|")}}`;
    }
    default:
      return def.tag;
  }
}
