import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { Hotkey } from "@neurond/primitives";
import { type Manifest, openFile, readersOf } from "@neurond/workload-storage/file";
import type { RichEntry } from "./hash-entries.ts";
import type { HashFile } from "./hash-file.ts";

/** Seconds of a block. */
const BLOCK_S = 12;
/** 30 days, as upstream's clients ask for. */
export const DEFAULT_TTL_S = 2_592_000;

/** Blocks that last for as many seconds, or a little longer. */
export function blocksOf(seconds: number): number {
  return Math.ceil(seconds / BLOCK_S);
}

/** Seconds for which miners promised to keep a file. */
export function keptSeconds({ created, expires }: Pick<Manifest, "created" | "expires">): number {
  return (expires - created) * BLOCK_S;
}

/** A file that was stored just now. */
export interface StoredNow {
  readonly path: string;
  readonly manifest: Manifest;
  readonly ownerKey: Uint8Array;
  readonly node: Hotkey;
}

/** Enters a file into its wallet's hash file. */
export async function remember(
  hashes: HashFile,
  { path, manifest, ownerKey, node }: StoredNow,
  signal: AbortSignal,
): Promise<void> {
  const { size, sha256 } = openFile(manifest, ownerKey);
  const mtime = Math.round((await stat(path)).mtimeMs);
  const known = { path: resolve(path), size, sha256, mtime };
  await hashes.add(basename(path), entryOf({ manifest, ...known, node }), signal);
}

/** What a hash file says of a file. */
export function entryOf({
  manifest,
  node,
  ...known
}: Pick<RichEntry, "path" | "size" | "sha256" | "mtime"> & {
  readonly manifest: Manifest;
  readonly node: Hotkey;
}): RichEntry {
  const now = Date.now();
  return {
    id: manifest.id,
    ...known,
    stored_at: now,
    expires_at: now + keptSeconds(manifest) * 1000,
    segments: manifest.segments.length,
    nodes: [node],
    wraps: [manifest.owner, ...readersOf(manifest)],
  };
}

/** Changes what a wallet's hash file says of a file, where it says anything. */
export async function amend(
  hashes: HashFile | null,
  id: string,
  changes: Partial<Pick<RichEntry, "expires_at" | "wraps">>,
  signal: AbortSignal,
): Promise<void> {
  const entry = (await hashes?.entries())?.find((one) => one.id === id);
  if (!entry?.rich) return;
  await hashes?.add(entry.name, { ...entry.rich, ...changes }, signal);
}
