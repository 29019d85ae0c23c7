import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Replaces a file so that after a crash it holds the old text or the new one, never a part. */
export async function replaceDurably(path: string, text: string): Promise<void> {
  const draft = `${path}.draft`;
  {
    await using file = await open(draft, "w");
    await file.writeFile(text);
    await file.sync();
  }
  await rename(draft, path);
  await using directory = await open(dirname(path), "r");
  await directory.sync();
}
