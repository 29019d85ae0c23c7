import { readFile } from "node:fs/promises";
import { writeWhole } from "@neurond/files";
import type { ComputedTree } from "@neurond/ingest";
import { z } from "zod";

/** Its name among an entry's files. */
export const TREE_FILE = "tree.json";

const Count = z.int().nonnegative();
const Receipts = z.object({
  ledgers: z.array(
    z.object({ hotkey: z.string(), ledgerId: z.string(), from: Count, to: Count, rows: Count }),
  ),
  wrong: Count,
  first: z.object({ invocationId: z.string(), reason: z.string() }).nullable(),
});
const receipts = Receipts.nullable().default(null);
const TreeFile = z.union([
  z.object({ size: Count, root: z.string(), receipts }),
  z.object({ problem: z.string(), receipts }),
]);

/** Keeps what an entry's rows came to, beside its report: the rows themselves go into the window. */
export async function keepTree(file: string, tree: ComputedTree): Promise<void> {
  await writeWhole(file, JSON.stringify(tree), { mode: 0o644, draft: `${file}.part` });
}

/** What was kept; null when the tree was not computed. */
export async function keptTree(file: string): Promise<ComputedTree | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  return text === null ? null : TreeFile.parse(JSON.parse(text));
}
