import type { UnifiedMetadata } from "@polkadot-api/substrate-bindings";

/** The type table of a runtime's metadata; an entry's index is its id. */
export type TypeTable = UnifiedMetadata["lookup"];

/** One type of the table. */
export type TypeEntry = TypeTable[number];

/** Field of a composite or variant. */
export interface Field {
  readonly name?: string | undefined;
  readonly type: number;
}

/** A type that only wraps another one, whatever its name: transparent in SCALE and here. */
export function unwrapNewtype(types: TypeTable, id: number): number {
  let current = id;
  for (;;) {
    const def = types[current]?.def;
    if (def?.tag === "composite" && def.value.length === 1 && def.value[0]?.name === undefined) {
      current = def.value[0]?.type ?? current;
    } else if (def?.tag === "tuple" && def.value.length === 1) {
      current = def.value[0] ?? current;
    } else {
      return current;
    }
  }
}

/** Whether the type is the runtime's account id. */
export function isAccount(entry: TypeEntry): boolean {
  return entry.path.at(-1) === "AccountId32";
}

/** Name of the primitive behind an id, if it is one. */
export function primitiveName(types: TypeTable, id: number): string | undefined {
  const def = types[unwrapNewtype(types, id)]?.def;
  return def?.tag === "primitive" ? def.value.tag : undefined;
}
