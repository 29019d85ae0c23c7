import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { CodedError, canonicalJson, type Hotkey } from "@neurond/primitives";
import {
  compareBytes,
  recordSignedReceipt,
  type ShardProof,
  type ShardReader,
  type ShardSample,
  type SignedReceipt,
  type StorageCode,
} from "@neurond/workload-storage";
import { DeletedReceipts } from "./deleted-receipts.ts";
import { directoryBodies } from "./directory-bodies.ts";
import { diskFull, freeBytesAt, nameDiskFull } from "./disk-space.ts";
import { syncDirectoryOf, writeDurably } from "./durable-file.ts";
import { isLoss } from "./loss.ts";
import { readSample } from "./read-sample.ts";
import type { Holdings, ReceiptIndex } from "./receipt-index.ts";
import type { OpenSink } from "./receive-shard.ts";
import { type Recovered, recoverStore, type StoredShards } from "./recover-store.ts";
import type { ShardBodies } from "./shard-bodies.ts";
import { ShardHasher } from "./shard-hasher.ts";
import { incomingDirectory, type ShardName, shardFiles, shardNameOf } from "./shard-paths.ts";

export interface ShardStoreOptions {
  readonly directory: string;
  /** Where bytes lie; in files of the directory unless given. */
  readonly bodies?: ShardBodies;
  /** The most bytes all shards may take together; no limit unless given. */
  readonly capacityBytes?: number;
  /** Bytes of the disk that stay free for others; 64 MiB unless given. */
  readonly reserveBytes?: number;
  /** Bytes still free; the disk's unless given. */
  readonly freeBytes?: () => Promise<number>;
  readonly openSink?: OpenSink;
}

type Complete = Required<Omit<ShardStoreOptions, "openSink">>;

/**
 * A miner's shards, one process per directory. A shard is there whole, or not at all: its bytes are
 * hashed on their way, and the receipt is renamed last. What was signed for and is found to be gone
 * stays known as lost, because its validator goes on listing it.
 */
export class ShardStore implements ShardReader {
  readonly #options: Complete;
  readonly #receipts: ReceiptIndex;
  readonly #lost: Set<ShardName>;
  readonly #deleted: DeletedReceipts;
  /** Shards that are arriving or leaving, and the bytes they will take. */
  readonly #moving = new Map<ShardName, number>();
  /** What a crash or a damaged disk had left behind when the store was opened. */
  readonly recovered: Recovered;

  private constructor(
    options: Complete,
    { receipts, lost, recovered }: StoredShards,
    deleted: DeletedReceipts,
  ) {
    this.#options = options;
    this.#receipts = receipts;
    this.#lost = lost;
    this.#deleted = deleted;
    this.recovered = recovered;
  }

  /** Opens a directory, makes it if need be, and clears what a crash left half-done. */
  static async open({ openSink, ...options }: ShardStoreOptions): Promise<ShardStore> {
    const { directory, bodies = directoryBodies(directory, openSink) } = options;
    await mkdir(incomingDirectory(directory), { recursive: true });
    await mkdir(join(directory, "shards"), { recursive: true });
    const stored = await recoverStore(directory, options.bodies === undefined);
    const left = await bodies.recover((name) => stored.receipts.get(name) !== undefined);
    const orphans = stored.recovered.orphans + left;
    const complete = {
      capacityBytes: Number.POSITIVE_INFINITY,
      reserveBytes: 67_108_864,
      freeBytes: () => freeBytesAt(directory),
      ...options,
      bodies,
    };
    const deleted = await DeletedReceipts.open(join(directory, "deleted"));
    const recovered = { ...stored.recovered, orphans };
    return new ShardStore(complete, { ...stored, recovered }, deleted);
  }

  /** Bytes of all shards, trees and receipts left out. */
  get usedBytes(): number {
    return this.#receipts.bytes;
  }

  /** Shards that were signed for and are no longer here whole. */
  get lost(): ReadonlySet<ShardName> {
    return this.#lost;
  }

  /** Shards and bytes of every validator, lost ones too: they are owed. */
  get byValidator(): ReadonlyMap<Hotkey, Holdings> {
    return this.#receipts.byValidator;
  }

  /** The blocks at which receipts end, each with how many do. */
  ends(): Iterable<readonly [block: number, shards: number]> {
    return this.#receipts.ends();
  }

  /** Every stored shard's receipt. */
  list(): readonly SignedReceipt[] {
    return [...this.#receipts.entries()]
      .filter(([name]) => !this.#lost.has(name))
      .map(([, signed]) => signed);
  }

  /** All that was signed for, lost shards too: what validators list. */
  promised(): readonly SignedReceipt[] {
    return [...this.#receipts.entries()].map(([, signed]) => signed);
  }

  /**
   * Receipts of shards that were deleted lately, the last one first: lists that were drawn up before
   * still hold them.
   */
  deleted(): readonly SignedReceipt[] {
    return this.#deleted.list();
  }

  /** The receipt of a shard that is here whole, as far as is known. */
  get(name: ShardName): SignedReceipt | undefined {
    return this.#lost.has(name) ? undefined : this.#receipts.get(name);
  }

  /** The receipt of a shard, be it lost or not. */
  receiptOf(name: ShardName): SignedReceipt | undefined {
    return this.#receipts.get(name);
  }

  /** Whether shards are files; if not, they are read by their names alone. */
  get hasFiles(): boolean {
    return this.#options.bodies.hasFiles;
  }

  /** The file of a shard; null where bytes lie elsewhere. */
  pathOf(name: ShardName): string | null {
    return this.#options.bodies.pathOf(name);
  }

  /**
   * Stores the shard a receipt promises. A shard that is there already is not read again, and its
   * receipt is replaced by the new one: that is how storage is renewed. One that was lost is taken anew.
   * @throws CodedError DISK_FULL ROOT_MISMATCH SIZE_MISMATCH SHARD_STORED; all of them leave what
   * is stored as it was
   */
  async accept(signed: SignedReceipt, body: AsyncIterable<Uint8Array>): Promise<void> {
    const { shardId, root, size } = signed.receipt;
    const name = shardNameOf(shardId);
    const known = this.#receipts.get(name)?.receipt;
    if (this.#moving.has(name) || (known && compareBytes(known.root, root) !== 0)) {
      throw new CodedError<StorageCode>(
        "SHARD_STORED",
        `shard ${name} is there with other bytes, or arriving: other bytes need a new generation`,
        { shard: name },
      );
    }
    const isStored = known !== undefined && !this.#lost.has(name);
    this.#moving.set(name, known === undefined ? size : 0);
    try {
      if (isStored) await this.#commit(name, signed);
      else await this.#receive(name, signed, body);
    } catch (error) {
      throw nameDiskFull(error);
    } finally {
      this.#moving.delete(name);
    }
  }

  /**
   * Takes over a promise whose bytes are lost already: its validator goes on listing it, and it is
   * conceded here as it was where it comes from.
   */
  async acceptLost(signed: SignedReceipt): Promise<void> {
    const name = shardNameOf(signed.receipt.shardId);
    if (this.#receipts.get(name) !== undefined) return;
    const files = shardFiles(this.#options.directory, name);
    await mkdir(files.directory, { recursive: true });
    await this.#commit(name, signed);
    await this.markLost(name);
  }

  async readSample(sample: ShardSample): Promise<ShardProof> {
    const name = shardNameOf(sample.entry.shardId);
    this.#requireStored(name);
    const { tree } = shardFiles(this.#options.directory, name);
    try {
      return await readSample({ body: () => this.#options.bodies.open(name), tree }, sample);
    } catch (error) {
      if (!isLoss(error)) throw error;
      await this.markLost(name);
      throw corrupt(name, error);
    }
  }

  /** The bytes from `from` up to, not including, `to`; all of them unless given. */
  read(name: ShardName, from = 0, to?: number): AsyncIterable<Uint8Array> {
    const { size } = this.#requireStored(name).receipt;
    return this.#options.bodies.read(name, from, to ?? size);
  }

  /**
   * Whether a shard's bytes still hash to its root: a disk's faults should be known before asked. A tree
   * that is not that of the bytes is written anew.
   */
  async isIntact(name: ShardName): Promise<boolean> {
    const known = this.#receipts.get(name);
    if (known === undefined) throw missing(name);
    const hasher = new ShardHasher();
    const { size, root } = known.receipt;
    let length = 0;
    for await (const chunk of this.#options.bodies.read(name, 0, size)) {
      length += chunk.length;
      hasher.update(chunk);
    }
    if (length !== size) return false;
    const { kept, root: found } = hasher.finish();
    if (compareBytes(found, root) !== 0) return false;
    await this.#keepTree(name, kept);
    return true;
  }

  /** Notes that a shard's bytes are gone or wrong; also after a restart. */
  async markLost(name: ShardName): Promise<void> {
    if (this.#lost.has(name) || !this.#receipts.get(name) || this.#moving.has(name)) return;
    this.#lost.add(name);
    const { lost } = shardFiles(this.#options.directory, name);
    // On a disk without space it is known until the next start, and then found again.
    await writeDurably(this.#temporary(), lost, "").catch(() => undefined);
  }

  /** Notes that a lost shard's bytes are those of its receipt after all. */
  async markFound(name: ShardName): Promise<void> {
    await rm(shardFiles(this.#options.directory, name).lost, { force: true });
    this.#lost.delete(name);
  }

  /** Forgets a shard for good, but for its receipt; one that is not there is forgotten already. */
  async delete(name: ShardName): Promise<void> {
    const signed = this.#receipts.get(name);
    if (signed !== undefined) await this.#deleted.add(name, signed);
    await this.#forget(name);
  }

  async #forget(name: ShardName): Promise<void> {
    if (this.#moving.has(name)) {
      const message = `shard ${name} is arriving or leaving: try again in a moment`;
      throw new CodedError<StorageCode>("SHARD_STORED", message, { shard: name });
    }
    this.#moving.set(name, 0);
    try {
      if (this.#receipts.get(name) !== undefined) await this.#options.bodies.begin(name);
      await this.#removeFiles(name);
    } finally {
      this.#moving.delete(name);
    }
  }

  /** Forgets shards whose receipts ended `graceBlocks` before `block`; returns their names. */
  async collect(block: number, graceBlocks: number): Promise<readonly ShardName[]> {
    const ended = this.#receipts.endedBy(block - graceBlocks).filter((name) => {
      return !this.#moving.has(name);
    });
    const gone: ShardName[] = [];
    for (const name of ended) {
      // Renewed or taken away while others were removed.
      const { receipt } = this.#receipts.get(name) ?? {};
      if (receipt === undefined || receipt.expiresBlock + graceBlocks > block) continue;
      if (this.#moving.has(name)) continue;
      await this.#forget(name);
      gone.push(name);
    }
    await this.#deleted.collect();
    return gone;
  }

  /** Whether the disk has room for files beside the shards. @throws CodedError DISK_FULL */
  async requireFree(bytes: number): Promise<void> {
    const { reserveBytes, freeBytes } = this.#options;
    if ((await freeBytes()) - bytes >= reserveBytes) return;
    throw diskFull(`${bytes} bytes more leave less than ${reserveBytes} free on the disk`);
  }

  async #checkSpace(size: number): Promise<void> {
    const { capacityBytes, reserveBytes, freeBytes, bodies } = this.#options;
    const arriving = [...this.#moving.values()].reduce((sum, bytes) => sum + bytes, 0);
    if (this.usedBytes + arriving > capacityBytes) {
      throw diskFull(`a shard of ${size} bytes exceeds the capacity of ${capacityBytes}`);
    }
    const here = bodies.hasFiles ? arriving : 0;
    if ((await freeBytes()) - here < reserveBytes) {
      throw diskFull(`a shard of ${size} bytes leaves less than ${reserveBytes} free on the disk`);
    }
  }

  async #receive(
    name: ShardName,
    signed: SignedReceipt,
    body: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const { bodies, directory } = this.#options;
    await this.#checkSpace(signed.receipt.size);
    const files = shardFiles(directory, name);
    await bodies.begin(name);
    try {
      const { kept } = await bodies.receive(name, signed.receipt, body);
      const made = await mkdir(files.directory, { recursive: true });
      if (made !== undefined) await syncDirectoryOf(made);
      await writeDurably(this.#temporary(), files.tree, kept);
      await this.#commit(name, signed);
      await this.markFound(name);
    } catch (error) {
      // Of a shard that was lost, what is left stays for a look.
      if (this.#receipts.get(name) === undefined)
        await this.#removeFiles(name).catch(() => undefined);
      throw error;
    }
    await bodies.end(name);
  }

  /** Removes what there is of a shard. Without its receipt it is not stored, whatever happens next. */
  async #removeFiles(name: ShardName): Promise<void> {
    const { bodies, directory } = this.#options;
    const files = shardFiles(directory, name);
    await rm(files.receipt, { force: true });
    if (this.#receipts.get(name) !== undefined) await syncDirectoryOf(files.receipt);
    this.#receipts.delete(name);
    this.#lost.delete(name);
    await bodies.remove(name);
    await rm(files.tree, { force: true });
    await rm(files.lost, { force: true });
    await bodies.end(name);
  }

  async #keepTree(name: ShardName, kept: Uint8Array): Promise<void> {
    const { tree } = shardFiles(this.#options.directory, name);
    const standing = await readFile(tree).catch(() => null);
    if (standing !== null && compareBytes(standing, kept) === 0) return;
    if (this.#receipts.get(name) === undefined) return;
    await writeDurably(this.#temporary(), tree, kept);
  }

  async #commit(name: ShardName, signed: SignedReceipt): Promise<void> {
    const { receipt } = shardFiles(this.#options.directory, name);
    await writeDurably(this.#temporary(), receipt, canonicalJson(recordSignedReceipt(signed)));
    await syncDirectoryOf(receipt);
    this.#receipts.set(name, signed);
  }

  #requireStored(name: ShardName): SignedReceipt {
    const known = this.#receipts.get(name);
    if (known === undefined) throw missing(name);
    if (this.#lost.has(name)) throw corrupt(name);
    return known;
  }

  #temporary(): string {
    return join(incomingDirectory(this.#options.directory), randomUUID());
  }
}

function missing(name: ShardName): CodedError<StorageCode> {
  return new CodedError("SHARD_MISSING", `shard ${name} is not stored here`, { shard: name });
}

function corrupt(name: ShardName, cause?: unknown): CodedError<StorageCode> {
  const message = `shard ${name} is lost: its bytes are gone, unreadable or wrong`;
  return new CodedError("SHARD_CORRUPT", message, { shard: name }, { cause });
}
