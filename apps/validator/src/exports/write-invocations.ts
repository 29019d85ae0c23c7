import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import {
  csvLine,
  INVOCATION_COLUMNS,
  type InvocationRow,
  invocationCells,
  type TreeHead,
  treeRows,
} from "@neurond/exports";
import { moveWhole } from "@neurond/files";
import { type ExportFiles, treeFileOf } from "./export-files.ts";
import { leafHashOf } from "./node-hash.ts";
import { TreeRows } from "./tree-file.ts";

/** Bytes that are hashed and written at once. */
const CHUNK_BYTES = 1 << 20;
/** Of a UTF-16 unit in UTF-8. */
const MOST_BYTES = 3;

/** Writes a table with nothing but its header, and returns the digest of its bytes. */
export async function writeCsv(
  files: ExportFiles,
  file: string,
  columns: readonly string[],
): Promise<Uint8Array> {
  const bytes = Buffer.from(csvLine(columns));
  await files.write(file, bytes);
  return createHash("sha256").update(bytes).digest();
}

/** The digest of a table of invocations, and the tree over its rows. */
export interface Written {
  readonly sha256: Uint8Array;
  readonly tree: TreeHead;
}

/**
 * Writes the rows of a slice as they come, in constant memory but for some sixty bytes a row, and beside them
 * the tree over them. Both files appear when they are whole.
 */
export async function writeInvocations(
  files: ExportFiles,
  file: string,
  rows: AsyncIterable<Iterable<InvocationRow>>,
): Promise<Written> {
  const digest = createHash("sha256");
  const tree = new TreeRows();
  const asLeaf = treeRows(INVOCATION_COLUMNS);
  const draft = await files.draft(file);
  {
    await using handle = await open(draft, "w", 0o600);
    let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let filled = chunk.write(csvLine(INVOCATION_COLUMNS));
    let offset = 0;
    const flush = async () => {
      const bytes = chunk.subarray(0, filled);
      digest.update(bytes);
      await handle.writeFile(bytes);
      offset += filled;
      filled = 0;
    };
    for await (const page of rows) {
      for (const row of page) {
        const cells = invocationCells(row);
        const line = csvLine(cells);
        const room = line.length * MOST_BYTES;
        if (room > chunk.length - filled) await flush();
        if (room > chunk.length) chunk = Buffer.allocUnsafe(room);
        const length = chunk.write(line, filled);
        tree.add(row.invocation_id, offset + filled, length, leafHashOf(asLeaf(cells).content));
        filled += length;
      }
    }
    await flush();
  }
  const { bytes, head } = tree.finish();
  await files.write(treeFileOf(file), Buffer.concat(bytes));
  await moveWhole(draft, file);
  return { sha256: digest.digest(), tree: head };
}
