import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes bytes to a file that appears whole, and on disk, or not at all. */
export async function saveFile(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  draft = `${path}.${randomUUID()}.draft`,
): Promise<void> {
  try {
    {
      await using handle = await open(draft, "wx", 0o600);
      for await (const chunk of bytes) await handle.writeFile(chunk);
      await handle.sync();
    }
    await rename(draft, path);
    await using parent = await open(dirname(path), constants.O_RDONLY);
    await parent.sync();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
