import { readFile } from "node:fs/promises";
import { CodedError } from "@neurond/primitives";
import type { UsageCode } from "./failures.ts";
import { canonicalName, isSharedSpelling } from "./options.ts";

/** Values of a config file by option name. */
export type ConfigValues = ReadonlyMap<string, string | boolean>;

/** Reads `--config`: nested (`wallet: {name: x}`) and dotted (`wallet.name: x`) keys mean the same. */
export async function readConfigFile(path: string): Promise<ConfigValues> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw invalid(`the config file ${path} cannot be read`, { path }, cause);
  });
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) {
    const [first = ""] = problem.message.split("\n");
    throw invalid(`the config file ${path} is not YAML: ${first}`, { path }, problem);
  }
  const leaves = [...leavesOf(document.toJS() ?? {}, [])];
  const unknown = leaves.filter(({ name, value }) => !isSharedSpelling(name) || !isPlain(value));
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => name || "(the file itself)").join(", ");
    throw invalid(`the config file ${path} has keys that are no options: ${names}`, { path });
  }
  return new Map(leaves.map(({ name, value }) => [canonicalName(name), plainValue(value)]));
}

interface Leaf {
  readonly name: string;
  readonly value: unknown;
}

function* leavesOf(value: unknown, path: readonly string[]): Generator<Leaf> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    yield { name: path.join("."), value };
    return;
  }
  for (const [key, inner] of Object.entries(value)) yield* leavesOf(inner, [...path, key]);
}

function isPlain(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

function plainValue(value: unknown): string | boolean {
  return typeof value === "boolean" ? value : String(value);
}

function invalid(
  message: string,
  context: Record<string, unknown>,
  cause?: unknown,
): CodedError<UsageCode> {
  return new CodedError("CONFIG_INVALID", message, context, { cause });
}
