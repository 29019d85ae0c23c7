import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseSignedReceipt, type SignedReceipt } from "@neurond/workload-storage";
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

/** Reads which shards a directory holds whole, and clears away what a crash left. */
export async function recoverStore(
  root: string,
): Promise<{ receipts: Map<ShardName, SignedReceipt>; recovered: Recovered }> {
  const incoming = await readdir(incomingDirectory(root));
  for (const file of incoming) await rm(join(incomingDirectory(root), file), { force: true });
  const receipts = new Map<ShardName, SignedReceipt>();
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
      const signed = await readStored(root, base);
      if (signed === null) damaged.push(base);
      else receipts.set(shardNameOf(signed.receipt.shardId), signed);
    }
  }
  return { receipts, recovered: { unfinished: incoming.length, orphans, damaged } };
}

/** The receipt of a shard whose files have their sizes; null when anything is wrong with it. */
async function readStored(root: string, base: string): Promise<SignedReceipt | null> {
  try {
    const name = parseShardName(base);
    const files = shardFiles(root, name);
    const signed = parseSignedReceipt(JSON.parse(await readFile(files.receipt, "utf8")));
    const { shardId, size } = signed.receipt;
    const [bytes, tree] = [await stat(files.bytes), await stat(files.tree)];
    const whole = bytes.size === size && tree.size === keptHashes(groupsOf(size)) * HASH_BYTES;
    return whole && shardNameOf(shardId) === name ? signed : null;
  } catch {
    return null;
  }
}
