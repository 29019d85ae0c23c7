import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseSignedReceipt, type SignedReceipt } from "@neurond/workload-storage";
import { ReceiptIndex } from "./receipt-index.ts";
import {
  incomingDirectory,
  parseShardName,
  type ShardName,
  shardFiles,
  shardNameOf,
} from "./shard-paths.ts";
import { groupsOf, HASH_BYTES, keptHashes } from "./tree-layout.ts";

/** What was found when a store was opened. */
export interface Recovered {
  /** Half-written files that were removed. */
  readonly unfinished: number;
  /** Files without receipt that were removed: a crash came between their renames. */
  readonly orphans: number;
  /** Shards with a receipt whose files are missing, cut or unreadable; they are kept for a look. */
  readonly damaged: readonly string[];
}

/** What a directory holds. */
export interface StoredShards {
  /** All that was signed for, lost shards too: their validators still list them. */
  readonly receipts: ReceiptIndex;
  /** Shards that were signed for and are no longer here whole. */
  readonly lost: Set<ShardName>;
  readonly recovered: Recovered;
}

/**
 * Reads which shards a directory holds whole, and clears away what a crash left. Where bytes lie
 * elsewhere, only what is on this disk is looked at.
 */
export async function recoverStore(root: string, bytesAreHere: boolean): Promise<StoredShards> {
  const incoming = await readdir(incomingDirectory(root));
  for (const file of incoming) await rm(join(incomingDirectory(root), file), { force: true });
  const receipts = new ReceiptIndex();
  const lost = new Set<ShardName>();
  const damaged: string[] = [];
  let orphans = 0;
  for (const directory of await readdir(join(root, "shards"))) {
    const files = new Set(await readdir(join(root, "shards", directory)));
    for (const file of files) {
      const [base = "", kind] = file.split(".");
      if (kind !== "json") {
        if (files.has(`${base}.json`)) continue;
        await rm(join(root, "shards", directory, file), { force: true });
        orphans += 1;
        continue;
      }
      const signed = await readReceipt(root, base);
      const name = signed && shardNameOf(signed.receipt.shardId);
      if (signed === null || name === null) {
        damaged.push(base);
        continue;
      }
      receipts.set(name, signed);
      const isLost = files.has(`${base}.lost`) || !(await isWhole(root, signed, bytesAreHere));
      if (!isLost) continue;
      damaged.push(base);
      lost.add(name);
    }
  }
  return { receipts, lost, recovered: { unfinished: incoming.length, orphans, damaged } };
}

/** The receipt in a file of this name; null when it is none, or another shard's. */
async function readReceipt(root: string, base: string): Promise<SignedReceipt | null> {
  try {
    const name = parseShardName(base);
    const text = await readFile(shardFiles(root, name).receipt, "utf8");
    const signed = parseSignedReceipt(JSON.parse(text));
    return shardNameOf(signed.receipt.shardId) === name ? signed : null;
  } catch {
    return null;
  }
}

/** Whether a shard's files have their sizes. */
async function isWhole(
  root: string,
  { receipt: { shardId, size } }: SignedReceipt,
  bytesAreHere: boolean,
): Promise<boolean> {
  try {
    const files = shardFiles(root, shardNameOf(shardId));
    const tree = await stat(files.tree);
    if (tree.size !== keptHashes(groupsOf(size)) * HASH_BYTES) return false;
    return !bytesAreHere || (await stat(files.bytes)).size === size;
  } catch {
    return false;
  }
}
