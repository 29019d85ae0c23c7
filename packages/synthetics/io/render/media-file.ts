import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "@neurond/files";

/** What bytes are, by how they begin: what the answer says of them names no file. */
const MARKS: readonly (readonly [extension: string, offset: number, mark: string])[] = [
  ["png", 0, "\x89PNG"],
  ["jpg", 0, "\xff\xd8\xff"],
  ["webp", 8, "WEBP"],
  ["wav", 8, "WAVE"],
  ["mp3", 0, "ID3"],
  ["mp3", 0, "\xff\xfb"],
  ["ogg", 0, "OggS"],
  ["flac", 0, "fLaC"],
  ["mp4", 4, "ftyp"],
];

/** The extension of a file of these bytes; `bin` when they are nothing we know. */
export function extensionOf(bytes: Buffer): string {
  const found = MARKS.find(([, offset, mark]) =>
    bytes.subarray(offset, offset + mark.length).equals(Buffer.from(mark, "latin1")),
  );
  return found?.[0] ?? "bin";
}

/** Writes a file that is there whole or not at all; its path. `name` is ours and without an extension. */
export async function saveMedia(directory: string, name: string, bytes: Buffer): Promise<string> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${name}.${extensionOf(bytes)}`);
  await writeWhole(path, bytes, { mode: 0o644 });
  return path;
}

/** Names of ours begin with the time they were made at, so that their order is that of age. */
const OWN_NAME = /^\d{4}-\d\d-\d\dT[\d-]+Z-[a-z]+-[0-9a-f]{8}\.[a-z0-9]+$/;

/** Removes the oldest of our files beyond a count; those of others are not touched. */
export async function keepNewest(directory: string, count: number): Promise<void> {
  const own = (await readdir(directory)).filter((name) => OWN_NAME.test(name)).sort();
  for (const name of own.slice(0, Math.max(0, own.length - count)))
    await rm(join(directory, name), { force: true });
}
