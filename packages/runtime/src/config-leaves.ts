import { z } from "zod";

/** One setting: where it stands in the YAML file, and the variable that overrides it. */
export interface Leaf {
  readonly path: readonly string[];
  readonly env: string;
  readonly schema: z.core.$ZodType;
  readonly description: string;
  readonly secret: boolean;
}

interface LeafMeta {
  readonly env?: string;
  readonly secret?: boolean;
}

/** Every setting of a schema, in order. The variable is the leaf's `meta({ env })`, or its path. */
export function leavesOf(schema: z.ZodObject, prefix: string, path: string[] = []): Leaf[] {
  return Object.entries(schema.shape).flatMap(([key, child]) => {
    const here = [...path, key];
    const inner = unwrap(child);
    if (inner instanceof z.ZodObject) return leavesOf(inner, prefix, here);
    const meta = metaOf(child);
    return [
      {
        path: here,
        env: meta.env ?? `${prefix}_${here.map(upperSnake).join("_")}`,
        schema: inner,
        description: meta.description ?? "",
        secret: meta.secret ?? false,
      },
    ];
  });
}

const upperSnake = (key: string) => key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();

/** What stands inside defaults, optionals and transformations. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional
  )
    return unwrap(schema.unwrap());
  if (schema instanceof z.ZodPipe) return unwrap(schema.in);
  return schema;
}

/** A description may be on the wrapper or on what it wraps. */
function metaOf(schema: z.core.$ZodType): LeafMeta & { readonly description?: string } {
  const own = (z.globalRegistry.get(schema) ?? {}) as LeafMeta & { description?: string };
  const inner = innerOf(schema);
  return inner ? { ...metaOf(inner), ...own } : own;
}

function innerOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional
  )
    return schema.unwrap();
  return schema instanceof z.ZodPipe ? schema.in : undefined;
}
