import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Writes a file, for its owner only, that is there whole or not at all: `fill` writes to another name
 * in the same directory, which takes the file's place once it is on disk.
 */
export async function writeAtomically(
  path: string,
  fill: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const draft = join(dirname(path), `.${randomUUID()}.part`);
  try {
    {
      await using file = await open(draft, "wx", 0o600);
      await fill(file);
      await file.sync();
    }
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
