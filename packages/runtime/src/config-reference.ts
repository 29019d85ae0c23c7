import { z } from "zod";
import { leavesOf } from "./config-leaves.ts";

/** A table of every setting, for the documentation: path, variable, default, meaning. */
export function configReference(schema: z.ZodObject, prefix: string): string {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const rows = leavesOf(schema, prefix).map((leaf) => {
    const fallback = defaultAt(json, leaf.path);
    const value = leaf.secret
      ? "(secret)"
      : fallback === undefined
        ? ""
        : `\`${JSON.stringify(fallback)}\``;
    return `| \`${leaf.path.join(".")}\` | \`${leaf.env}\` | ${value} | ${leaf.description} |`;
  });
  return ["| setting | variable | default | meaning |", "| --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

function defaultAt(json: JsonSchema, path: readonly string[]): unknown {
  let here: JsonSchema | undefined = json;
  for (const key of path) {
    const child: boolean | JsonSchema | undefined = here?.properties?.[key];
    here = typeof child === "boolean" ? undefined : child;
  }
  return here?.default;
}
