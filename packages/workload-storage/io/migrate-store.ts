import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { CodedError, isCoded } from "@neurond/primitives";
import {
  compareBytes,
  parseSignedReceipt,
  receiptDigest,
  type SignedReceipt,
  type StorageCode,
} from "@neurond/workload-storage";
import { parseSignedGrant } from "@neurond/workload-storage/sweep";
import { fileBytes } from "./directory-bodies.ts";
import { isLoss } from "./loss.ts";
import { parseShardName, type ShardName, shardFiles, shardNameOf } from "./shard-paths.ts";
import { ShardStore } from "./shard-store.ts";
import { TagStore } from "./sweep/tag-store.ts";

export interface MigrateOptions {
  /** The directory that is left. It is only read. */
  readonly from: string;
  readonly to: string;
  /** Says what there is to do, and does nothing. */
  readonly dryRun: boolean;
  /** Reads everything back from the new directory and hashes it again. */
  readonly verify: boolean;
  /** Bytes that stay free on the new disk. */
  readonly reserveBytes?: number;
  readonly onShard?: (done: number, total: number) => void;
}

/** A shard or grant that did not come along, and why. */
export interface LeftBehind {
  readonly name: string;
  readonly reason: string;
}

/** What a migration came to. All that is in the old directory is in the new one if nothing was left. */
export interface Migrated {
  readonly shards: number;
  readonly bytes: number;
  readonly copied: number;
  /** There already, from a run before. */
  readonly present: number;
  readonly verified: number;
  readonly grants: number;
  readonly left: readonly LeftBehind[];
}

/**
 * Copies a miner's directory shard by shard. Each is hashed against its root on its way, synced, and
 * switched to by its receipt, renamed last; so a run that was killed is continued by the next, and one
 * that follows after the miner was stopped brings what came meanwhile. The old directory stays as it is.
 * @throws CodedError DISK_FULL; SHARD_MISSING when there is no such directory to leave
 */
export async function migrateStore(
  options: MigrateOptions,
  signal: AbortSignal,
): Promise<Migrated> {
  const { from, to, dryRun, verify, onShard } = options;
  const left: LeftBehind[] = [];
  const receipts = await receiptsIn(from, left);
  const bytes = receipts.reduce((sum, { receipt }) => sum + receipt.size, 0);
  const tally = { copied: 0, present: 0, verified: 0 };
  const plan = { shards: receipts.length, bytes };
  if (dryRun) return { ...plan, ...tally, grants: (await grantsIn(from)).length, left };
  const { reserveBytes } = options;
  const store = await ShardStore.open({
    directory: to,
    ...(reserveBytes !== undefined && { reserveBytes }),
  });
  for (const [at, signed] of receipts.entries()) {
    signal.throwIfAborted();
    const name = shardNameOf(signed.receipt.shardId);
    const reason = await copyShard(store, from, signed, tally).catch(reasonOf);
    if (reason === null && verify) {
      if (await store.isIntact(name)) tally.verified += 1;
      else left.push({ name, reason: "what was written does not read back: check the new disk" });
    }
    if (reason !== null) {
      left.push({ name, reason });
      await store.acceptLost(signed);
    }
    onShard?.(at + 1, receipts.length);
  }
  const tags = await TagStore.open(to);
  let grants = 0;
  for (const { path, base } of await grantsIn(from)) {
    signal.throwIfAborted();
    const reason = await copyGrant(tags, path).catch(reasonOf);
    if (reason === null) grants += 1;
    else left.push({ name: base, reason });
  }
  return { ...plan, ...tally, grants, left };
}

/** Null when the shard is there; else why it is not. */
async function copyShard(
  store: ShardStore,
  from: string,
  signed: SignedReceipt,
  tally: { copied: number; present: number },
): Promise<string | null> {
  const name = shardNameOf(signed.receipt.shardId);
  const there = store.get(name);
  if (there !== undefined) {
    const same = compareBytes(receiptDigest(there.receipt), receiptDigest(signed.receipt)) === 0;
    if (!same) await store.accept(signed, nothing());
    tally.present += 1;
    return null;
  }
  await store.accept(signed, fileBytes(shardFiles(from, name).bytes));
  tally.copied += 1;
  return null;
}

async function copyGrant(tags: TagStore, path: string): Promise<string | null> {
  const signed = parseSignedGrant(JSON.parse(await readFile(path, "utf8")));
  await tags.store(signed, fileBytes(path.replace(/json$/, "tags")));
  return null;
}

/** What a person is told of a shard that did not come along; a disk that is full ends the run. */
function reasonOf(error: unknown): string {
  if (isCoded(error, "DISK_FULL")) throw error;
  if (isCoded(error)) return error.message;
  if (isLoss(error)) return "its file is missing or unreadable";
  if (error instanceof SyntaxError) return "its record does not parse";
  throw error;
}

/** Receipts of a directory that nobody is to change: nothing is cleared away, as a store would. */
async function receiptsIn(from: string, left: LeftBehind[]): Promise<readonly SignedReceipt[]> {
  const found: SignedReceipt[] = [];
  if (await isDirectory(join(from, "under-way"))) {
    throw missing(`the shards of ${from} lie in an object storage: copy the directory as it is`);
  }
  if (!(await isDirectory(join(from, "shards")))) throw missing(`${from} holds no shards`);
  for (const file of await filesBelow(join(from, "shards"), ".json")) {
    const signed = await readReceipt(from, file.base).catch(() => null);
    if (signed !== null) found.push(signed);
    else left.push({ name: file.base, reason: "its receipt does not parse" });
  }
  return found;
}

async function readReceipt(from: string, base: string): Promise<SignedReceipt | null> {
  const name: ShardName = parseShardName(base);
  const text = await readFile(shardFiles(from, name).receipt, "utf8");
  const signed = parseSignedReceipt(JSON.parse(text));
  return shardNameOf(signed.receipt.shardId) === name ? signed : null;
}

async function grantsIn(from: string) {
  const tags = join(from, "tags");
  return (await isDirectory(tags)) ? filesBelow(tags, ".json") : [];
}

async function filesBelow(directory: string, ending: string) {
  const files: { readonly base: string; readonly path: string }[] = [];
  for (const below of (await readdir(directory)).sort()) {
    for (const file of (await readdir(join(directory, below))).sort()) {
      if (!file.endsWith(ending)) continue;
      files.push({ base: file.slice(0, -ending.length), path: join(directory, below, file) });
    }
  }
  return files;
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function missing(message: string): CodedError<StorageCode> {
  return new CodedError("SHARD_MISSING", message);
}
