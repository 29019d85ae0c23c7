import { fieldsOf, tuple } from "../scale/compose.ts";
import { type AnyType, defineType, type VariantDef } from "../scale/type.ts";
import type { Pallet } from "./pallet.ts";

/** The enums that metadata makes of a pallet; absent where the pallet has none. */
export interface PalletEnums {
  readonly calls: AnyType | undefined;
  readonly events: AnyType | undefined;
  readonly errors: AnyType | undefined;
}

/** These types only describe: values of theirs are encoded by the calls and events themselves. */
const descriptive = (path: readonly string[], variants: () => readonly VariantDef[]): AnyType =>
  defineType(tuple().codec, () => ({ tag: "variant", variants: variants() }), path);

const byIndex = (a: VariantDef, b: VariantDef) => a.index - b.index;

/** The Rust crate of a pallet, from its name in the runtime. */
function crateOf({ name }: Pallet): string {
  if (name === "System") return "frame_system";
  if (name === "SubtensorModule") return "pallet_subtensor";
  if (name === "MevShield") return "pallet_shield";
  return `pallet_${name.replace(/(?<!^)([A-Z])/g, "_$1").toLowerCase()}`;
}

function enumsOf(pallet: Pallet): PalletEnums {
  const describe = (name: string, variants: readonly VariantDef[]) =>
    variants.length === 0
      ? undefined
      : descriptive([crateOf(pallet), "pallet", name], () => [...variants].sort(byIndex));
  return {
    calls: describe(
      "Call",
      pallet.calls.map(({ index, name, args }) => ({ index, name, fields: fieldsOf(args) })),
    ),
    events: describe(
      "Event",
      pallet.events.map(({ index, name, content }) => ({ index, name, fields: fieldsOf(content) })),
    ),
    errors: describe(
      "Error",
      // The Python SDK tells an error without docs as an unknown one.
      pallet.errors.map(({ index, name }) => ({ index, name, fields: [], docs: [name] })),
    ),
  };
}

/** The enums of every pallet, and the variants of the runtime's own enums over them. */
export function outerEnums(pallets: readonly Pallet[]) {
  const enums = new Map(pallets.map((pallet) => [pallet, enumsOf(pallet)]));
  const outer = (kind: keyof PalletEnums): VariantDef[] =>
    pallets.flatMap((pallet) => {
      const type = enums.get(pallet)?.[kind];
      return type ? [{ name: pallet.name, index: pallet.index, fields: [{ type }] }] : [];
    });
  return {
    of: (pallet: Pallet) => enums.get(pallet),
    callVariants: outer("calls"),
    eventVariants: outer("events"),
    errorVariants: outer("errors"),
  };
}

const runtimePath = (name: string) => ["node_subtensor_runtime", name];

export const runtimeEventOf = (variants: () => readonly VariantDef[]): AnyType =>
  descriptive(runtimePath("RuntimeEvent"), variants);

export const runtimeErrorOf = (variants: () => readonly VariantDef[]): AnyType =>
  descriptive(runtimePath("RuntimeError"), variants);
