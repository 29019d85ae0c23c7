import type { Hotkey } from "@neurond/primitives";
import type { TrackedEntry } from "../entry.ts";
import { type Finding, finding } from "../findings.ts";
import type { ComputedTree, TreeText } from "./claims.ts";

/** A tree as the report states it, as the rows come to, and as the chain has it. */
export interface TreeSeen {
  readonly stated: TreeText;
  /** Null: not computed. */
  readonly computed: ComputedTree | null;
  /** `none`: the commitment names no tree; null: nobody could say. */
  readonly committed: TreeText | "none" | null;
}

/** Where the three differ: proofs of single rows hold against one of them only. */
export function treeFindings(
  validator: Hotkey,
  { entryId, endTime }: TrackedEntry,
  { stated, computed, committed }: TreeSeen,
): readonly Finding[] {
  const found: Finding[] = [];
  const differ = (subject: string, detail: string) =>
    found.push(finding(validator, "TREE_MISMATCH", { subject, entryId, endTime }, detail));
  if (computed !== null && "problem" in computed) {
    differ("report and rows", `the rows have no tree: ${computed.problem}`);
  } else if (computed !== null && !isSame(stated, computed)) {
    differ(
      "report and rows",
      `the report states ${textOf(stated)}, its rows are ${textOf(computed)}`,
    );
  }
  if (committed === "none") {
    const text = `the report states ${textOf(stated)}, the commitment names no tree`;
    differ("report and commitment", text);
  } else if (committed !== null && !isSame(stated, committed)) {
    const text = `the report states ${textOf(stated)}, committed are ${textOf(committed)}`;
    differ("report and commitment", text);
  }
  return found;
}

const isSame = (a: TreeText, b: TreeText): boolean => a.size === b.size && a.root === b.root;
const textOf = ({ size, root }: TreeText): string => `${size} rows of root ${root}`;
