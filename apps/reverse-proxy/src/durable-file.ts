import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Writes a file that is there whole or not at all, whenever we are killed; its directory is made where
 * it is missing, for its owner only. `mode` is that of the file.
 */
export async function writeDurably(path: string, text: string, mode = 0o600): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = join(directory, `.${randomUUID()}.part`);
  try {
    {
      await using file = await open(draft, "wx", mode);
      await file.writeFile(text);
      await file.sync();
    }
    await rename(draft, path);
    // The new name is only as durable as the directory that holds it.
    await using names = await open(directory, "r");
    await names.sync();
  } finally {
    await rm(draft, { force: true });
  }
}
