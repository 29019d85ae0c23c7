import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "@neurond/files";
import { imagesOf, type Warehouse } from "@neurond/warehouse";
import { z } from "zod";

const FILE = "images.json";
const Images = z.array(z.string());

/**
 * Which images the rows of entries are of. It is looked up in the rows once and kept beside the report, so that
 * a restart reads no week of rows, which may be far away.
 */
export async function keptImages(
  warehouse: Warehouse,
  directory: string,
  entryIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const images = new Map<string, ReadonlySet<string>>();
  for (const entryId of entryIds) {
    const kept = await read(join(directory, entryId, FILE));
    if (kept !== null) images.set(entryId, new Set(kept));
  }
  const fresh = entryIds.filter((entryId) => !images.has(entryId));
  if (fresh.length === 0) return images;
  const found = await imagesOf(warehouse, fresh);
  for (const entryId of fresh) {
    const own = found.get(entryId) ?? new Set<string>();
    const file = join(directory, entryId, FILE);
    await writeWhole(file, JSON.stringify([...own]), { mode: 0o644, draft: `${file}.part` });
    images.set(entryId, own);
  }
  return images;
}

/** Null when nothing is kept, or nothing that we wrote. */
async function read(file: string): Promise<readonly string[] | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  try {
    return Images.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
