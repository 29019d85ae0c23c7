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
import { type ExportFiles, treeFileOf } from "./export-files.ts";
import { leafHashOf } from "./node-hash.ts";
import { TreeRows } from "./tree-file.ts";

const CHUNK_CHARS = 1 << 18;

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

/**
 * Writes the rows of a slice as they come, in constant memory but for some sixty bytes a row, and beside them
 * the tree over them. Both files appear when they are whole.
 */
export async function writeInvocations(
  files: ExportFiles,
  file: string,
  rows: AsyncIterable<readonly InvocationRow[]>,
): Promise<{ readonly sha256: Uint8Array; readonly tree: TreeHead }> {
  const digest = createHash("sha256");
  const tree = new TreeRows();
  const asLeaf = treeRows(INVOCATION_COLUMNS);
  const draft = await files.draft(file);
  {
    await using handle = await open(draft, "w", 0o600);
    let text = csvLine(INVOCATION_COLUMNS);
    let offset = text.length;
    const flush = async () => {
      const bytes = Buffer.from(text);
      text = "";
      digest.update(bytes);
      await handle.writeFile(bytes);
    };
    for await (const page of rows) {
      for (const row of page) {
        const cells = invocationCells(row);
        const line = csvLine(cells);
        const length = Buffer.byteLength(line);
        tree.add(row.invocation_id, offset, length, leafHashOf(asLeaf(cells).content));
        offset += length;
        text += line;
        if (text.length >= CHUNK_CHARS) await flush();
      }
    }
    await flush();
    await handle.sync();
  }
  const { bytes, head } = tree.finish();
  await files.write(treeFileOf(file), Buffer.concat(bytes));
  await files.publish(draft, file);
  return { sha256: digest.digest(), tree: head };
}
