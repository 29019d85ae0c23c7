import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson } from "@neurond/primitives";
import {
  parseSignedReceipt,
  recordSignedReceipt,
  type SignedReceipt,
} from "@neurond/workload-storage";
import { writeDurably } from "./durable-file.ts";
import { parseShardName, type ShardName } from "./shard-paths.ts";

/** No list is older when it is asked about. */
const KEPT_MS = 86_400_000;
/** What a validator that deletes without end may make us keep. */
const MOST = 10_000;

interface Deleted {
  readonly signed: SignedReceipt;
  readonly atMs: number;
}

/** Receipts of deleted shards, for a day: without them no list from before could be drawn up again. */
export class DeletedReceipts {
  readonly #directory: string;
  /** In the order of their deletion. */
  readonly #receipts: Map<ShardName, Deleted>;

  private constructor(directory: string, receipts: Map<ShardName, Deleted>) {
    this.#directory = directory;
    this.#receipts = receipts;
  }

  static async open(directory: string): Promise<DeletedReceipts> {
    await mkdir(directory, { recursive: true });
    const found: [ShardName, Deleted][] = [];
    for (const file of await readdir(directory)) {
      const path = join(directory, file);
      try {
        const name = parseShardName(file.replace(/\.json$/, ""));
        const signed = parseSignedReceipt(JSON.parse(await readFile(path, "utf8")));
        found.push([name, { signed, atMs: (await stat(path)).mtimeMs }]);
      } catch {
        // Half-written, or nothing of ours.
        await rm(path, { force: true });
      }
    }
    return new DeletedReceipts(directory, new Map(found.sort(([, a], [, b]) => a.atMs - b.atMs)));
  }

  /** The last one first. */
  list(): readonly SignedReceipt[] {
    return [...this.#receipts.values()].map(({ signed }) => signed).reverse();
  }

  async add(name: ShardName, signed: SignedReceipt): Promise<void> {
    const path = join(this.#directory, `${name}.json`);
    const text = canonicalJson(recordSignedReceipt(signed));
    // On a full disk deleting must go on: then the list of this run cannot be drawn up again.
    await writeDurably(join(this.#directory, randomUUID()), path, text).catch(() => undefined);
    this.#receipts.delete(name);
    this.#receipts.set(name, { signed, atMs: Date.now() });
  }

  /** Forgets those whose day is over. */
  async collect(): Promise<void> {
    const oldest = Date.now() - KEPT_MS;
    for (const [name, { atMs }] of this.#receipts) {
      if (atMs > oldest && this.#receipts.size <= MOST) return;
      await rm(join(this.#directory, `${name}.json`), { force: true });
      this.#receipts.delete(name);
    }
  }
}
