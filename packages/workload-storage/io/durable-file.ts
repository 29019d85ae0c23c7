import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes a file so that after a crash it is there whole or not at all, under its name. */
export async function writeDurably(
  temporary: string,
  path: string,
  bytes: Uint8Array | string,
): Promise<void> {
  await using file = await open(temporary, "wx");
  await file.writeFile(bytes);
  await file.sync();
  await rename(temporary, path);
}

/** Makes renames in the directory of `path` survive a crash. */
export async function syncDirectoryOf(path: string): Promise<void> {
  await using directory = await open(dirname(path), "r");
  await directory.sync();
}
