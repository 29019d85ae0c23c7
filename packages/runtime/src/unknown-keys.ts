import { z } from "zod";

/** A key of a file that means nothing to the schema, and the one that was perhaps meant. */
export interface UnknownKey {
  readonly path: string;
  readonly meant: string | undefined;
}

/** Leaves out what the schema does not know, wherever it stands, and tells of each such key. */
export function dropUnknown(
  schema: z.ZodObject,
  raw: Record<string, unknown>,
  tell: (unknown: UnknownKey) => void,
): void {
  const issues = schema.safeParse(raw).error?.issues ?? [];
  for (const issue of issues) {
    if (issue.code !== "unrecognized_keys") continue;
    const path = issue.path.map(String);
    const holder = valueAt(raw, path);
    for (const key of issue.keys) {
      delete holder[key];
      tell({ path: [...path, key].join("."), meant: nearest(key, keysAt(schema, path)) });
    }
  }
}

function valueAt(raw: Record<string, unknown>, path: readonly string[]): Record<string, unknown> {
  return path.reduce((here, key) => here[key] as Record<string, unknown>, raw);
}

/** The keys a section may have; lists and records of sections have them for each item. */
function keysAt(schema: z.ZodObject, path: readonly string[]): readonly string[] {
  let here: z.core.JSONSchema.BaseSchema | undefined = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
  });
  for (const key of path) {
    const next: unknown = here?.properties?.[key] ?? here?.items ?? here?.additionalProperties;
    here = typeof next === "object" ? (next as z.core.JSONSchema.BaseSchema) : undefined;
  }
  return Object.keys(here?.properties ?? {});
}

const plain = (key: string) => key.toLowerCase().replaceAll(/[_-]/g, "");

/** The candidate that a slip of the keyboard or another way to write words would turn into `key`. */
function nearest(key: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distance(plain(key), plain(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best && best.distance <= Math.max(1, key.length / 4) ? best.candidate : undefined;
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn one into the other. */
function distance(from: string, to: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swap = isSwap ? (before[j - 2] ?? 0) + 1 : change;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change, swap));
    }
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
}
