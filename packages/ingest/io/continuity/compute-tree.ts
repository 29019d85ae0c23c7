import { hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { CsvReader, type TreeLeaf, treeHead, treeLeaf, treeRows } from "@neurond/exports";
import type { ComputedTree } from "@neurond/ingest";
import { CodedError, toHex } from "@neurond/primitives";

/** Ids and hashes of so many rows are held until they can be put in order, some 150 bytes of each. */
const MAX_ROWS = 4_000_000;
const PIECE_BYTES = 1 << 18;

/** The tree over a file of invocations, read piece by piece. Null when it has more rows than are held. */
export async function computeTree(file: string, signal: AbortSignal): Promise<ComputedTree | null> {
  const reader = new CsvReader();
  const leaves: TreeLeaf[] = [];
  let asRow: ReturnType<typeof treeRows> | null = null;
  const take = (rows: ReturnType<CsvReader["push"]>) => {
    if (reader.header !== null) asRow ??= treeRows(reader.header);
    for (const cells of rows) if (asRow !== null) leaves.push(leafOf(asRow(cells)));
  };
  try {
    for await (const piece of createReadStream(file, { highWaterMark: PIECE_BYTES, signal })) {
      take(reader.push(piece));
      if (leaves.length > MAX_ROWS) return null;
    }
    take(reader.end());
    const { size, root } = treeHead(leaves);
    return { size, root: toHex(root).slice(2) };
  } catch (error) {
    if (error instanceof CodedError && NO_TREE.includes(error.code))
      return { problem: error.message };
    throw error;
  }
}

const NO_TREE = ["TREE_INVALID", "CSV_MALFORMED", "CSV_TOO_LARGE"];

/** Cells may be slices of a whole piece's text: the id is copied, so that the piece can go. */
function leafOf(row: Parameters<typeof treeLeaf>[0]): TreeLeaf {
  const { invocationId, leafHash } = treeLeaf(row, nativeLeaf);
  return { invocationId: Buffer.from(invocationId).toString(), leafHash };
}

/** The zero byte of a leaf and the row as UTF-8, without a copy on our side. */
const nativeLeaf = (content: string): Uint8Array => hash("sha256", `\0${content}`, "buffer");
