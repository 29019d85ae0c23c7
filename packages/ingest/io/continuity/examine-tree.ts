import { randomInt } from "node:crypto";
import { join } from "node:path";
import type { TrackedEntry, TreeMode } from "@neurond/ingest";
import type { ReadReport } from "../entries/read-report.ts";
import { keepTree, TREE_FILE } from "./tree-file.ts";
import type { TreeReader } from "./tree-reader.ts";

/** With what, and whether at all. */
export interface ExamineDeps {
  readonly tree: TreeMode;
  readonly trees: Pick<TreeReader, "read">;
  readonly directory: string;
}

/** One hour in so many; drawn by us, so that no validator knows which. */
const SAMPLE = 8;

/** Computes the tree of an entry's rows, if its report states one, while they are still there. */
export async function examineTree(
  { tree, trees, directory }: ExamineDeps,
  { entryId }: TrackedEntry,
  read: ReadReport,
  signal: AbortSignal,
): Promise<void> {
  if (read.reporter === "miner" || read.report.neurond === null) return;
  if (!read.report.csv_exports?.invocations) return;
  if (tree === false || (tree === "sample" && randomInt(SAMPLE) !== 0)) return;
  const computed = await trees.read(join(directory, entryId, "invocations.csv"), signal);
  if (computed !== null) await keepTree(join(directory, entryId, TREE_FILE), computed);
}
