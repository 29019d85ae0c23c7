import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { CodedError, canonicalJson } from "@neurond/primitives";
import {
  compareBytes,
  recordSignedReceipt,
  type ShardProof,
  type ShardReader,
  type ShardSample,
  type SignedReceipt,
  type StorageCode,
} from "@neurond/workload-storage";
import { diskFull, freeBytesAt } from "./disk-space.ts";
import { syncDirectoryOf, writeDurably } from "./durable-file.ts";
import { readSample } from "./read-sample.ts";
import { type OpenSink, openFileSink, receiveShard } from "./receive-shard.ts";
import { type Recovered, recoverStore } from "./recover-store.ts";
import { ShardHasher } from "./shard-hasher.ts";
import { incomingDirectory, type ShardName, shardFiles, shardNameOf } from "./shard-paths.ts";

export interface ShardStoreOptions {
  readonly directory: string;
  /** The most bytes all shards may take together; no limit unless given. */
  readonly capacityBytes?: number;
  /** Bytes of the disk that stay free for others; 64 MiB unless given. */
  readonly reserveBytes?: number;
  /** Bytes still free; the disk's unless given. */
  readonly freeBytes?: () => Promise<number>;
  readonly openSink?: OpenSink;
}

/**
 * A miner's shards on disk, one process per directory. A shard is there whole, or not at all: bytes
 * are hashed on their way to a temporary file, synced, and renamed; the receipt is renamed last.
 */
export class ShardStore implements ShardReader {
  readonly #options: Required<ShardStoreOptions>;
  readonly #receipts: Map<ShardName, SignedReceipt>;
  /** Shards that are arriving, and the bytes they will take. */
  readonly #arriving = new Map<ShardName, number>();
  /** What a crash or a damaged disk had left behind when the store was opened. */
  readonly recovered: Recovered;

  private constructor(
    options: Required<ShardStoreOptions>,
    receipts: Map<ShardName, SignedReceipt>,
    recovered: Recovered,
  ) {
    this.#options = options;
    this.#receipts = receipts;
    this.recovered = recovered;
  }

  /** Opens a directory, makes it if need be, and clears what a crash left half-done. */
  static async open(options: ShardStoreOptions): Promise<ShardStore> {
    const { directory } = options;
    await mkdir(incomingDirectory(directory), { recursive: true });
    await mkdir(join(directory, "shards"), { recursive: true });
    const { receipts, recovered } = await recoverStore(directory);
    const complete = {
      capacityBytes: Number.POSITIVE_INFINITY,
      reserveBytes: 67_108_864,
      freeBytes: () => freeBytesAt(directory),
      openSink: openFileSink,
      ...options,
    };
    return new ShardStore(complete, receipts, recovered);
  }

  /** Bytes of all shards, trees and receipts left out. */
  get usedBytes(): number {
    return [...this.#receipts.values()].reduce((sum, { receipt }) => sum + receipt.size, 0);
  }

  /** Every stored shard's receipt. */
  list(): readonly SignedReceipt[] {
    return [...this.#receipts.values()];
  }

  get(name: ShardName): SignedReceipt | undefined {
    return this.#receipts.get(name);
  }

  /**
   * Stores the shard a receipt promises. A shard that is there already is not read again, and its
   * receipt is replaced by the new one: that is how storage is renewed.
   * @throws CodedError DISK_FULL ROOT_MISMATCH SIZE_MISMATCH SHARD_STORED; all of them leave what
   * is stored as it was
   */
  async accept(signed: SignedReceipt, body: AsyncIterable<Uint8Array>): Promise<void> {
    const { shardId, root, size } = signed.receipt;
    const name = shardNameOf(shardId);
    const stored = this.#receipts.get(name)?.receipt;
    if (this.#arriving.has(name) || (stored && compareBytes(stored.root, root) !== 0)) {
      throw new CodedError<StorageCode>(
        "SHARD_STORED",
        `shard ${name} is there with other bytes, or arriving: other bytes need a new generation`,
        { shard: name },
      );
    }
    this.#arriving.set(name, stored === undefined ? size : 0);
    try {
      if (stored === undefined) {
        await this.#checkSpace(size);
        await this.#receive(name, signed, body);
      }
      await this.#commit(name, signed);
    } finally {
      this.#arriving.delete(name);
    }
  }

  async readSample(sample: ShardSample): Promise<ShardProof> {
    const name = shardNameOf(sample.entry.shardId);
    if (!this.#receipts.has(name)) throw missing(name);
    return readSample(shardFiles(this.#options.directory, name), sample);
  }

  /** The bytes from `from` up to, not including, `to`; all of them unless given. */
  read(name: ShardName, from = 0, to?: number): AsyncIterable<Uint8Array> {
    const stored = this.#receipts.get(name);
    if (stored === undefined) throw missing(name);
    const { bytes } = shardFiles(this.#options.directory, name);
    return createReadStream(bytes, { start: from, end: (to ?? stored.receipt.size) - 1 });
  }

  /** Whether a shard's bytes still hash to its root: a disk's faults should be known before asked. */
  async isIntact(name: ShardName): Promise<boolean> {
    const stored = this.#receipts.get(name);
    if (stored === undefined) throw missing(name);
    const hasher = new ShardHasher();
    for await (const chunk of this.read(name)) hasher.update(chunk);
    return compareBytes(hasher.finish().root, stored.receipt.root) === 0;
  }

  /** Forgets a shard; one that is not there is forgotten already. */
  async delete(name: ShardName): Promise<void> {
    const files = shardFiles(this.#options.directory, name);
    // Without its receipt it is not stored, whatever happens next.
    await rm(files.receipt, { force: true });
    this.#receipts.delete(name);
    await rm(files.bytes, { force: true });
    await rm(files.tree, { force: true });
  }

  /** Forgets shards whose receipts ended `graceBlocks` before `block`; returns their names. */
  async collect(block: number, graceBlocks: number): Promise<readonly ShardName[]> {
    const expired = [...this.#receipts]
      .filter(([, { receipt }]) => receipt.expiresBlock + graceBlocks <= block)
      .map(([name]) => name);
    for (const name of expired) await this.delete(name);
    return expired;
  }

  async #checkSpace(size: number): Promise<void> {
    const { capacityBytes, reserveBytes, freeBytes } = this.#options;
    const arriving = [...this.#arriving.values()].reduce((sum, bytes) => sum + bytes, 0);
    if (this.usedBytes + arriving > capacityBytes) {
      throw diskFull(`a shard of ${size} bytes exceeds the capacity of ${capacityBytes}`);
    }
    if ((await freeBytes()) - arriving < reserveBytes) {
      throw diskFull(`a shard of ${size} bytes leaves less than ${reserveBytes} free on the disk`);
    }
  }

  async #receive(
    name: ShardName,
    { receipt }: SignedReceipt,
    body: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const files = shardFiles(this.#options.directory, name);
    const temporary = this.#temporary();
    const { kept } = await receiveShard(temporary, receipt, body, this.#options.openSink);
    const made = await mkdir(files.directory, { recursive: true });
    if (made !== undefined) await syncDirectoryOf(made);
    await writeDurably(this.#temporary(), files.tree, kept);
    await rename(temporary, files.bytes);
  }

  async #commit(name: ShardName, signed: SignedReceipt): Promise<void> {
    const { receipt } = shardFiles(this.#options.directory, name);
    await writeDurably(this.#temporary(), receipt, canonicalJson(recordSignedReceipt(signed)));
    await syncDirectoryOf(receipt);
    this.#receipts.set(name, signed);
  }

  #temporary(): string {
    return join(incomingDirectory(this.#options.directory), randomUUID());
  }
}

function missing(name: ShardName): CodedError<StorageCode> {
  return new CodedError("SHARD_MISSING", `shard ${name} is not stored here`, { shard: name });
}
