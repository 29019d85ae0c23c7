import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { Hotkey } from "@neurond/primitives";
import { type Manifest, openFile } from "@neurond/workload-storage";
import type { HashFile } from "./hash-file.ts";

/** Seconds of a block. */
const BLOCK_S = 12;
/** 30 days, as upstream's clients ask for. */
export const DEFAULT_TTL_S = 2_592_000;

/** Seconds for which miners promised to keep a file. */
export function keptSeconds({ created, expires }: Manifest): number {
  return (expires - created) * BLOCK_S;
}

/** A file that was stored just now. */
export interface StoredNow {
  readonly path: string;
  readonly manifest: Manifest;
  readonly ownerKey: Uint8Array;
  readonly node: Hotkey;
  readonly ttlSeconds: number;
}

/** Enters a file into its wallet's hash file. */
export async function remember(
  hashes: HashFile,
  { path, manifest, ownerKey, node, ttlSeconds }: StoredNow,
  signal: AbortSignal,
): Promise<void> {
  const { size, sha256 } = openFile(manifest, ownerKey);
  const now = Date.now();
  const lives = Math.min(ttlSeconds, keptSeconds(manifest));
  await hashes.add(
    basename(path),
    {
      id: manifest.id,
      path: resolve(path),
      size,
      mtime: Math.round((await stat(path)).mtimeMs),
      sha256,
      stored_at: now,
      expires_at: now + lives * 1000,
      segments: manifest.segments.length,
      nodes: [node],
      wraps: manifest.wraps.map(({ to }) => to),
    },
    signal,
  );
}
