import { type Hotkey, parseHotkey, parseTao, type Rao } from "@neurond/primitives";
import { z } from "zod";
import { type Nano, toNano } from "../rewards/fixed.ts";
import type { Option } from "./option.ts";
import { blocksOf, bytesOf, decimal } from "./texts.ts";

/** What every kind of option says of itself. */
export interface Words {
  readonly help: string;
  readonly effect: string;
  readonly unit?: string;
  readonly upstream?: string;
  readonly aliases?: readonly string[];
}

/** A whole number. */
export function whole(fallback: number, words: Words, bounds = { min: 0, max: 1_000_000_000 }) {
  const schema = z.int().min(bounds.min).max(bounds.max).default(fallback);
  return option(schema, String(fallback), words, "number");
}

/** A number of seconds or minutes, fractions allowed. */
export function duration(fallback: number, unit: "seconds" | "minutes", words: Words) {
  const schema = z.number().positive().max(1_000_000).default(fallback);
  return option(schema, String(fallback), words, unit);
}

/** Off, and on when the option stands there. */
export function flag(words: Words) {
  return { ...option(z.boolean().default(false), "false", words, null), isFlag: true as const };
}

/** Any text. */
export function text(fallback: string, words: Words) {
  return option(z.string().max(4096).default(fallback), `"${fallback}"`, words, "text");
}

/** Text that nobody needs to give. */
export function optionalText(words: Words) {
  return option(z.string().min(1).max(4096).optional(), null, words, "text");
}

/** One of some words. */
export function choice<const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  fallback: Choices[number],
  words: Words,
) {
  const schema = z.enum(choices).default(fallback);
  return option(schema, fallback, words, choices.join("|"));
}

/** Several hotkeys. */
export function hotkeys(words: Words) {
  const schema = z.array(hotkey).max(65_536).default([]);
  return { ...option(schema, "[]", words, "hotkeys"), isList: true as const };
}

/** An amount of TAO, given as a number or as text, taken as rao. */
export function tao(fallback: string, words: Words) {
  const schema = z
    .union([z.string(), z.number()])
    .default(fallback)
    .transform((value, context): Rao => taken(context, () => parseTao(decimal(value))));
  return option(schema, fallback, words, "TAO");
}

/** A share such as 0.05, taken as millionths. */
export function share(fallback: string, words: Words) {
  const schema = z.number().min(0).max(1).default(Number(fallback));
  const micro = schema.transform((value) => Math.round(value * 1_000_000));
  return option(micro, fallback, words, "share");
}

/** A reward from −1 to 0, taken as billionths. */
export function penalty(fallback: string, words: Words) {
  const schema = z.number().min(-1).max(0).default(Number(fallback));
  const nano = schema.transform((value): Nano => toNano(Math.round(value * 1_000_000_000) + 0));
  return option(nano, fallback, words, "reward");
}

/** A size such as `2 GB` or a number of bytes, taken as bytes. */
export function size(fallback: string, words: Words) {
  const schema = z
    .union([z.string(), z.number()])
    .default(fallback)
    .transform((value, context) => taken(context, () => bytesOf(String(value))));
  return option(schema, `"${fallback}"`, words, "size");
}

/** A time in blocks, or with `s`, `h` or `d` behind it in time, taken as blocks. */
export function lifetime(fallback: string, words: Words) {
  const schema = z
    .union([z.string(), z.number()])
    .default(fallback)
    .transform((value, context) => taken(context, () => blocksOf(String(value))));
  return option(schema, fallback, words, "blocks");
}

/** An option whose value is never shown. */
export function secretly<Given extends Option>(given: Given) {
  return { ...given, isSecret: true as const };
}

/** An option that is another spelling of a setting every daemon has; as a flag, of one value of it. */
export function standsFor<Given extends Option>(path: string, given: Given, value?: string) {
  return { ...given, setting: { path, ...(value !== undefined && { value }) } };
}

const hotkey = z
  .string()
  .transform((value, context): Hotkey => taken(context, () => parseHotkey(value)));

/** A transformation that threw would hide all other problems. */
function taken<Value>(context: z.RefinementCtx, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
}

function option<Schema extends z.ZodType>(
  schema: Schema,
  fallback: string | null,
  { unit, ...words }: Words,
  kind: string | null,
): Option<Schema> {
  return { schema, fallback, unit: unit ?? kind, ...words };
}
