import type { AnyType } from "./type.ts";

/**
 * How Rust source would spell a type: the `typeName` of fields in metadata. Python's scalecodec
 * cannot decode a call whose arguments lack it.
 */
export function typeName(type: AnyType): string {
  const { path, params, shape } = type.describe();
  const own = path.at(-1);
  if (own !== undefined) {
    const inner = params.flatMap((param) => (param.type ? [typeName(param.type)] : []));
    return inner.length === 0 ? own : `${own}<${inner.join(", ")}>`;
  }
  switch (shape.tag) {
    case "primitive":
      return shape.name;
    case "sequence":
      return `Vec<${typeName(shape.of)}>`;
    case "array":
      return `[${typeName(shape.of)}; ${shape.length}]`;
    case "compact":
      return `Compact<${typeName(shape.of)}>`;
    case "tuple":
      return `(${shape.of.map(typeName).join(", ")})`;
    case "composite":
    case "variant":
      return "Unnamed";
  }
}
