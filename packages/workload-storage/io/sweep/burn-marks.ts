import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Hotkey } from "@neurond/primitives";
import { syncDirectoryOf, writeDurably } from "../durable-file.ts";

/** The file a validator's secrets of sweeps come from. */
export function sweepKeyFile(directory: string, validator: Hotkey): string {
  return join(directory, `sweep-${validator}.key`);
}

/** The validators whose keys are kept in a directory. */
export async function sweepKeysIn(directory: string): Promise<readonly string[]> {
  return (await namesIn(directory)).flatMap((name) => /^sweep-(\w+)\.key$/.exec(name)?.[1] ?? []);
}

/**
 * Leaves word for a validator that a period's secret got out: a file beside its key, which it takes
 * up when it opens its next run. Its log has one writer, so nobody else says it for it.
 */
export async function markBurned(
  directory: string,
  validator: Hotkey,
  period: number,
): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `sweep-${validator}.${period}.burned`);
  await writeDurably(`${path}.${process.pid}.tmp`, path, "");
  await syncDirectoryOf(path);
  return path;
}

/** The periods of a validator that were said to have got out. */
export async function readBurned(
  directory: string,
  validator: Hotkey,
): Promise<ReadonlySet<number>> {
  const mark = new RegExp(`^sweep-${validator}\\.(0|[1-9]\\d{0,9})\\.burned$`);
  const names = await namesIn(directory);
  return new Set(names.flatMap((name) => mark.exec(name)?.[1] ?? []).map(Number));
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
