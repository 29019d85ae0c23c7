import { readFileSync } from "node:fs";
import { CodedError } from "@neurond/primitives";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { type Leaf, leavesOf, unwrap } from "./config-leaves.ts";
import type { RuntimeCode } from "./errors.ts";
import { Secret } from "./secret.ts";
import { dropUnknown, type UnknownKey } from "./unknown-keys.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigSource {
  /** Prefix of derived variable names: `NEUROND_VALIDATOR`. */
  readonly prefix: string;
  readonly environment: Environment;
  /** YAML or JSON file; absent or empty means defaults and environment only. */
  readonly file?: string | undefined;
  /** What the command line says, as text by dotted path (`server.port`): wins over the environment. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** Rewrites what the file says before it is judged: spellings of another program. */
  readonly adapt?: (file: Record<string, unknown>) => Record<string, unknown>;
  /** Hears of keys that no setting has, which are then left out; without it they are problems. */
  readonly onUnknown?: (unknown: UnknownKey) => void;
}

/** A setting whose value never prints. */
export const secret = () =>
  z
    .string()
    .min(1)
    .transform((value) => new Secret(value));

/**
 * Settings from defaults, then the YAML file, then the environment (`NAME_FILE` names a file that
 * holds the value). Unknown keys are errors, and every problem is reported at once, by path and
 * variable. @throws CodedError CONFIG_INVALID, CONFIG_UNREADABLE
 */
export function loadConfig<Schema extends z.ZodObject>(
  schema: Schema,
  source: ConfigSource,
): z.output<Schema> {
  const leaves = leavesOf(schema, source.prefix);
  const read = source.file ? readYaml(source.file) : {};
  const raw = source.adapt?.(read) ?? read;
  const overrides = { ...source.overrides };
  const problems: string[] = [];
  for (const leaf of leaves) {
    const path = leaf.path.join(".");
    try {
      const text = overrides[path] ?? fromEnvironment(leaf.env, source.environment);
      delete overrides[path];
      if (text !== undefined) setAt(raw, leaf.path, fromText(text, leaf.schema));
    } catch (cause) {
      problems.push(`${leaf.env}: ${(cause as Error).message}`);
    }
  }
  for (const path of Object.keys(overrides)) problems.push(`${path}: no such setting`);
  if (source.onUnknown) dropUnknown(schema, raw, source.onUnknown);
  const parsed = schema.safeParse(raw);
  if (parsed.success && problems.length === 0) return parsed.data;
  problems.push(...(parsed.error?.issues ?? []).map((issue) => describe(issue, leaves)));
  throw new CodedError<RuntimeCode>(
    "CONFIG_INVALID",
    `configuration${source.file ? ` ${source.file}` : ""} has ${problems.length} problem(s): ${problems.join("; ")}`,
    { problems },
  );
}

function readYaml(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new CodedError<RuntimeCode>(
      "CONFIG_UNREADABLE",
      `cannot read configuration ${file}; check the path and its permissions`,
      { file },
      { cause },
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    throw new CodedError<RuntimeCode>(
      "CONFIG_UNREADABLE",
      `${file}:${line}: not valid YAML: ${error.message.split("\n")[0]}`,
      { file, line },
    );
  }
  const root: unknown = document.toJS() ?? {};
  if (isSection(root)) return withoutEmpty(root);
  throw new CodedError<RuntimeCode>(
    "CONFIG_UNREADABLE",
    `${file}: holds no settings; write sections with keys`,
    { file },
  );
}

/** A key with nothing behind it, as when all of a section is commented out, says nothing. */
function withoutEmpty(section: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(section)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, isSection(value) ? withoutEmpty(value) : value]),
  );
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fromEnvironment(name: string, environment: Environment): string | undefined {
  const file = environment[`${name}_FILE`];
  if (file === undefined) return environment[name];
  if (environment[name] !== undefined) throw new Error(`set ${name} or ${name}_FILE, not both`);
  return readFileSync(file, "utf8").trimEnd();
}

/** Text of a variable as the type that the setting wants; lists are comma-separated. */
function fromText(text: string, schema: z.core.$ZodType): unknown {
  if (schema instanceof z.ZodNumber) return text.trim() === "" ? text : Number(text);
  if (schema instanceof z.ZodBoolean) {
    if (/^(1|true|yes|on)$/i.test(text)) return true;
    if (/^(0|false|no|off)$/i.test(text)) return false;
    return text;
  }
  const isList = schema instanceof z.ZodArray;
  if (schema instanceof z.ZodRecord || (isList && unwrap(schema.element) instanceof z.ZodObject))
    return JSON.parse(text);
  if (isList) {
    const parts = text.split(",").map((part) => part.trim());
    return parts
      .filter((part) => part !== "")
      .map((part) => fromText(part, unwrap(schema.element)));
  }
  return text;
}

function setAt(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const child = target[key];
  const branch = typeof child === "object" && child !== null ? child : {};
  target[key] = branch;
  setAt(branch as Record<string, unknown>, rest, value);
}

function describe(issue: z.core.$ZodIssue, leaves: readonly Leaf[]): string {
  const path = issue.path.map(String);
  // The problem may be with one item of a list: the list is what a variable sets.
  const leaf = leaves.find((candidate) => candidate.path.every((part, at) => path[at] === part));
  const where = path.length === 0 ? "(top level)" : path.join(".");
  return `${where}${leaf ? ` (${leaf.env})` : ""}: ${issue.message}`;
}
