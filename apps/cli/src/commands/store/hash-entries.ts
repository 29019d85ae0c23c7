import { parse as partsOf } from "node:path";
import { z } from "zod";

/** Section of a hash file that upstream's programs do not know. */
const OWN = "$ft2";
const HOTKEYS = "_hotkeys";

/** As far as a `Date` reaches. */
const time = z.int().min(0).max(8_640_000_000_000_000);

/** What we remember of a file beside its name and id. */
export const RichEntry = z.looseObject({
  id: z.string(),
  /** Where it was when it was stored. */
  path: z.string(),
  /** Bytes before encryption. */
  size: z.number(),
  /** Milliseconds since 1970, as the times below. */
  mtime: time,
  sha256: z.string(),
  stored_at: time,
  expires_at: time,
  segments: z.number(),
  /** Hotkeys of the validators that know it. */
  nodes: z.array(z.string()),
  /** Who can read it: its owner's hotkey, then X25519 keys. */
  wraps: z.array(z.string()),
});
export type RichEntry = z.infer<typeof RichEntry>;

const OwnSection = z.object({ version: z.literal(1), files: z.array(z.unknown()) });

/** One stored file of a hash file. */
export interface HashEntry {
  /** The file's base name; of several with one name, the later ones are numbered. */
  readonly name: string;
  readonly id: string;
  /** Nodes that keep it, as far as the file says. */
  readonly hotkeys: readonly string[];
  /** Null for what another program stored. */
  readonly rich: RichEntry | null;
}

/** The JSON object of a hash file; a damaged one is undefined. */
export function parseHashes(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The files a hash file names, in its order. `name: id` is the first release's form; the second adds
 * `name_hotkeys: [ss58]`, which is no file of its own.
 */
export function entriesOf(hashes: Readonly<Record<string, unknown>>): readonly HashEntry[] {
  const rich = richEntries(hashes);
  return Object.entries(hashes).flatMap(([name, id]) => {
    if (name === OWN || typeof id !== "string") return [];
    const known = rich.find((entry) => entry.id === id) ?? null;
    const listed = hashes[`${name}${HOTKEYS}`];
    const hotkeys = Array.isArray(listed) ? listed.filter(isText) : (known?.nodes ?? []);
    return [{ name, id, hotkeys, rich: known }];
  });
}

/** A hash file with one file more, or with what is newly known of one it has; no other entry changes. */
export function withEntry(
  hashes: Readonly<Record<string, unknown>>,
  name: string,
  entry: RichEntry,
): Record<string, unknown> {
  const before = entriesOf(hashes).find(({ id }) => id === entry.id);
  const key = before?.name ?? freeName(hashes, name);
  const others = ownFiles(hashes).filter((file) => idOf(file) !== entry.id);
  return assembled(
    { ...without(hashes, []), [key]: entry.id, [`${key}${HOTKEYS}`]: [...entry.nodes] },
    [...others, entry],
  );
}

/** A hash file with one file more, or with one node more that keeps it, in upstream's form alone. */
export function withUpstreamEntry(
  hashes: Readonly<Record<string, unknown>>,
  name: string,
  { id, node }: { readonly id: string; readonly node: string },
): Record<string, unknown> {
  const before = entriesOf(hashes).find((entry) => entry.id === id);
  const key = before?.name ?? freeName(hashes, name);
  const nodes = [...new Set([...(before?.hotkeys ?? []), node])];
  const added = [
    [key, id],
    [`${key}${HOTKEYS}`, nodes],
  ] as const;
  return Object.fromEntries([...Object.entries(hashes), ...added]);
}

/** A hash file without a file. */
export function withoutEntry(
  hashes: Readonly<Record<string, unknown>>,
  id: string,
): Record<string, unknown> {
  const names = entriesOf(hashes).filter((entry) => entry.id === id);
  const keys = names.flatMap(({ name }) => [name, `${name}${HOTKEYS}`]);
  const files = ownFiles(hashes).filter((file) => idOf(file) !== id);
  return assembled(without(hashes, keys), files);
}

function assembled(
  flat: Readonly<Record<string, unknown>>,
  files: readonly unknown[],
): Record<string, unknown> {
  return { ...flat, [OWN]: { version: 1, files } };
}

/** `Object.fromEntries` and not assignment: a file may be named `__proto__`. */
function without(hashes: Readonly<Record<string, unknown>>, keys: readonly string[]) {
  return Object.fromEntries(
    Object.entries(hashes).filter(([key]) => key !== OWN && !keys.includes(key)),
  );
}

/** `report (2).pdf` where `report.pdf` is taken. */
function freeName(hashes: Readonly<Record<string, unknown>>, name: string): string {
  const isTaken = (key: string) =>
    key === OWN || Object.hasOwn(hashes, key) || Object.hasOwn(hashes, `${key}${HOTKEYS}`);
  if (!isTaken(name)) return name;
  const { name: stem, ext } = partsOf(name);
  for (let number = 2; ; number += 1) {
    const numbered = `${stem} (${number})${ext}`;
    if (!isTaken(numbered)) return numbered;
  }
}

function richEntries(hashes: Readonly<Record<string, unknown>>): readonly RichEntry[] {
  return ownFiles(hashes).flatMap((file) => {
    const parsed = RichEntry.safeParse(file);
    return parsed.success ? [parsed.data] : [];
  });
}

function ownFiles(hashes: Readonly<Record<string, unknown>>): readonly unknown[] {
  const parsed = OwnSection.safeParse(hashes[OWN]);
  return parsed.success ? parsed.data.files : [];
}

const idOf = (file: unknown): unknown => (isObject(file) ? file["id"] : undefined);

const isText = (value: unknown): value is string => typeof value === "string";

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
