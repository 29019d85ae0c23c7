import type { v16 } from "@polkadot-api/substrate-bindings";
import type { CodecType } from "scale-ts";
import type { AnyType, Field, Shape } from "./type.ts";
import { typeName } from "./type-name.ts";

/** One entry of the portable registry, in the metadata codec's own form. */
export type PortableType = CodecType<typeof v16>["lookup"][number];

/** Types whose identity is their content: written twice in source, they are still one type. */
const isStructural = (path: readonly string[]) => path.length <= 1;

/** Collects the types that metadata refers to and numbers them (scale-info `PortableRegistry`). */
export class TypeRegistry {
  readonly types: PortableType[] = [];
  readonly #byIdentity = new Map<AnyType, number>();
  readonly #byContent = new Map<string, number>();

  /** The id of a type; describes it and what it contains on first sight. */
  idOf(type: AnyType): number {
    const known = this.#byIdentity.get(type);
    if (known !== undefined) return known;
    const { path, params, shape } = type.describe();
    if (isStructural(path)) return this.#structural(type);
    // Reserve the id first: a call type contains itself through nested calls.
    const id = this.#reserve(type);
    this.types[id] = {
      id,
      path: [...path],
      params: params.map((p) => ({ name: p.name, type: p.type && this.idOf(p.type) })),
      def: this.#definition(shape),
      docs: [],
    };
    return id;
  }

  #structural(type: AnyType): number {
    const { path, params, shape } = type.describe();
    const def = this.#definition(shape);
    const named = params.map((p) => ({ name: p.name, type: p.type && this.idOf(p.type) }));
    const content = JSON.stringify([path, named, def]);
    const same = this.#byContent.get(content);
    if (same !== undefined) {
      this.#byIdentity.set(type, same);
      return same;
    }
    const id = this.#reserve(type);
    this.#byContent.set(content, id);
    this.types[id] = { id, path: [...path], params: named, def, docs: [] };
    return id;
  }

  #reserve(type: AnyType): number {
    const id = this.types.length;
    this.types.push({ id, path: [], params: [], def: { tag: "tuple", value: [] }, docs: [] });
    this.#byIdentity.set(type, id);
    return id;
  }

  #fields(fields: readonly Field[]) {
    return fields.map(({ name, type }) => ({
      name,
      type: this.idOf(type),
      typeName: typeName(type),
      docs: [],
    }));
  }

  #definition(shape: Shape): PortableType["def"] {
    switch (shape.tag) {
      case "primitive":
        return { tag: "primitive", value: { tag: shape.name, value: undefined } };
      case "sequence":
        return { tag: "sequence", value: this.idOf(shape.of) };
      case "array":
        return { tag: "array", value: { len: shape.length, type: this.idOf(shape.of) } };
      case "tuple":
        return { tag: "tuple", value: shape.of.map((part) => this.idOf(part)) };
      case "compact":
        return { tag: "compact", value: this.idOf(shape.of) };
      case "composite":
        return { tag: "composite", value: this.#fields(shape.fields) };
      case "variant":
        return {
          tag: "variant",
          value: shape.variants.map(({ name, index, fields, docs }) => ({
            name,
            index,
            fields: this.#fields(fields),
            docs: [...(docs ?? [])],
          })),
        };
    }
  }
}
