import type { z } from "zod";

type Schema = z.core.JSONSchema._JSONSchema;

/** Rows of field, type and meaning for a result's JSON schema; `[]` marks the elements of a list. */
export function shapeRows(schema: Schema): readonly (readonly [string, string, string])[] {
  const rows = new Map<string, readonly [string, string, string]>();
  // Variants of a result share fields: the first of a name stands for all.
  for (const row of walk(schema, "")) if (!rows.has(row[0])) rows.set(row[0], row);
  return [...rows.values()];
}

function* walk(schema: Schema, path: string): Generator<readonly [string, string, string]> {
  if (typeof schema === "boolean") return;
  if (path !== "") yield [`\`${path}\``, typeOf(schema), meaningOf(schema)];
  for (const variant of [schema, ...(schema.anyOf ?? schema.oneOf ?? [])]) {
    if (typeof variant === "boolean") continue;
    for (const [name, member] of Object.entries(variant.properties ?? {})) {
      yield* walk(member, path === "" ? name : `${path}.${name}`);
    }
    const { items, additionalProperties: values } = variant;
    // Lists and maps of plain values are told by their type alone.
    if (isStructured(items)) yield* inside(items, `${path}[]`);
    if (isStructured(values)) yield* inside(values, `${path}.*`);
  }
}

function* inside(schema: Schema, path: string): Generator<readonly [string, string, string]> {
  for (const row of walk(schema, path)) if (row[0] !== `\`${path}\``) yield row;
}

function isStructured(schema: unknown): schema is Exclude<Schema, boolean> {
  if (typeof schema !== "object" || schema === null) return false;
  return "properties" in schema || "anyOf" in schema || "oneOf" in schema || "items" in schema;
}

/** The description, which zod leaves on the inner type of what may be null. */
function meaningOf(schema: Exclude<Schema, boolean>): string {
  const variants = [schema, ...(schema.anyOf ?? schema.oneOf ?? [])];
  const described = variants.find((one) => typeof one !== "boolean" && one.description);
  return (typeof described === "object" && described.description) || "";
}

function typeOf(schema: Schema): string {
  if (typeof schema === "boolean") return "any";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(" or ");
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) return [...new Set(variants.map(typeOf))].join(" or ");
  if (schema.type === "array") {
    const { items } = schema;
    return `list of ${items === undefined || Array.isArray(items) ? "any" : typeOf(items)}`;
  }
  // Both forms of several types occur: `anyOf`, and a list of type names.
  return [schema.type ?? "any"].flat().join(" or ");
}
