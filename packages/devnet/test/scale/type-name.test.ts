import { expect, it } from "vitest";
import { array, option, struct, tuple, vec } from "../../src/scale/compose.ts";
import { compactU64, u8, u16 } from "../../src/scale/primitives.ts";
import { TypeRegistry } from "../../src/scale/registry.ts";
import { typeName } from "../../src/scale/type-name.ts";

it("spells types as Rust source does", () => {
  expect(typeName(vec(tuple(u16, compactU64)))).toBe("Vec<(u16, Compact<u64>)>");
  expect(typeName(array(u8, 32))).toBe("[u8; 32]");
  expect(typeName(option(vec(u16)))).toBe("Option<Vec<u16>>");
});

it("names the type of every field, without which the Python decoder cannot read a call", () => {
  const registry = new TypeRegistry();
  registry.idOf(struct(["pallet", "Reveal"], { netuid: u16, salt: vec(u16) }));
  const [{ def } = { def: undefined }] = registry.types;
  const fields = def?.tag === "composite" ? def.value : [];
  expect(fields.map(({ name, typeName }) => [name, typeName])).toEqual([
    ["netuid", "u16"],
    ["salt", "Vec<u16>"],
  ]);
});
