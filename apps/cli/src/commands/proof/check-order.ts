import { createHash, hash } from "node:crypto";
import {
  CsvReader,
  csvUrl,
  parseValidatorReport,
  type TreeHead,
  type TreeLeaf,
  treeHead,
  treeLeaf,
  treeRows,
} from "@neurond/exports";
import { toHex } from "@neurond/primitives";
import { openDownload, withoutSlash } from "./published.ts";

const MAX_TABLE_BYTES = 4 * 1_073_741_824;

/**
 * Computes the root from the whole table. Only then is it known that rows stand in the order of their ids,
 * on which a proof of absence rests. Null when they do, else what is wrong.
 */
export async function checkOrder(
  base: URL,
  report: Uint8Array,
  head: TreeHead,
  signal: AbortSignal,
): Promise<string | null> {
  const table = parseValidatorReport(new TextDecoder().decode(report)).csv_exports?.invocations;
  if (!table) return "the report names no table of invocations";
  const response = await openDownload(new URL(csvUrl(withoutSlash(base), table.path)), signal);
  const digest = createHash("sha256");
  const reader = new CsvReader();
  const leaves: TreeLeaf[] = [];
  let bytes = 0;
  let asRow: ReturnType<typeof treeRows> | null = null;
  const take = (rows: readonly (readonly string[])[]) => {
    if (reader.header) asRow ??= treeRows(reader.header);
    for (const cells of rows) if (asRow) leaves.push(treeLeaf(asRow(cells), leafHash));
  };
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > MAX_TABLE_BYTES) return "the table is longer than this command reads";
    digest.update(piece);
    take(reader.push(piece));
  }
  take(reader.end());
  if (digest.digest("hex") !== table.sha256) return "the table is another than the report names";
  const computed = treeHead(leaves);
  const isSame = computed.size === head.size && toHex(computed.root) === toHex(head.root);
  return isSame ? null : "the rows in the order of their ids have another root";
}

const leafHash = (content: string): Uint8Array => hash("sha256", `\0${content}`, "buffer");
