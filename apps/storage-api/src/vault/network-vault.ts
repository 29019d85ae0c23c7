import { CodedError, type Hex, isCoded, toHex } from "@neurond/primitives";
import type { BlobRange, PutOptions, StoredBlob, Vault } from "@neurond/s3";
import { putFile, type StorageNetwork, StoredFileReader } from "@neurond/storage-client";
import type { VaultFiles } from "@neurond/store";
import type { RsPlan } from "@neurond/workload-storage/file";
import type { StorageApiCode } from "../errors.ts";
import type { NodeFile, NodeFiles } from "../network/node-files.ts";
import type { Validators } from "../network/validators.ts";
import type { FoundBlob } from "./directory-vault.ts";

export interface NetworkVaultOptions {
  readonly files: NodeFiles;
  readonly stored: VaultFiles;
  readonly validators: Validators;
  /** By size unless given. */
  readonly rs?: RsPlan;
  /** As for all files unless given. */
  readonly segmentBytes?: number;
  readonly threads?: number;
  /** Blobs stay so long after their time, for whoever is reading them. */
  readonly graceMs?: number;
  readonly now: () => number;
}

const ID = /^0x[0-9a-f]{64}$/;
const LONGEST_NAME = 255;
const CLEAN_MS = 60_000;
const PAGE = 1000;
const BLOCK_MS = 12_000;

/**
 * Blobs as files on the miners' network. A blob is told of once its shards have receipts, a validator
 * keeps its manifest and our database says so; what a crash leaves before that, `found` lists or the
 * validator forgets by itself.
 */
export class NetworkVault implements Vault {
  readonly #options: NetworkVaultOptions;

  constructor(options: NetworkVaultOptions) {
    this.#options = options;
  }

  async put(body: AsyncIterable<Uint8Array>, options: PutOptions): Promise<StoredBlob> {
    const { files, validators, rs, segmentBytes, threads, graceMs = 0, now } = this.#options;
    const { signal, name, untilMs } = options;
    const leftMs = untilMs === undefined ? undefined : untilMs - now() + graceMs;
    const network = await validators.first(signal);
    let begun: Hex | null = null;
    const watched: StorageNetwork = {
      serving: (given) => network.serving(given),
      place: (wanted, given) => {
        begun = toHex(wanted.fileId);
        return network.place(wanted, given);
      },
      deliver: (shard, given) => network.deliver(shard, given),
      fetch: (shard, given) => network.fetch(shard, given),
      keep: (manifest, given) => network.keep(manifest, given),
      manifest: (id, given) => network.manifest(id, given),
    };
    try {
      const { manifest, size } = await putFile({
        ...{ source: body, network: watched, owner: files.owner, custodian: files.owner, signal },
        ...{ ownerKey: files.ownerKey, sign: files.sign, name: name.slice(0, LONGEST_NAME) },
        ...(rs && { rs }),
        ...(segmentBytes !== undefined && { segmentBytes }),
        ...(threads !== undefined && { threads }),
        ...(leftMs !== undefined && { ttlBlocks: Math.max(1, Math.ceil(leftMs / BLOCK_MS)) }),
      });
      await network.keep(manifest, signal);
      await files.add(manifest, network.hotkey, now());
      await validators.copy(manifest, network.hotkey, signal);
      return { id: manifest.id, size };
    } catch (error) {
      // Best effort: whatever stays behind has no manifest, and its validator forgets it in a day.
      if (begun !== null) {
        await network.remove(begun, AbortSignal.timeout(CLEAN_MS)).catch(() => undefined);
      }
      throw error;
    }
  }

  async *get(id: string, range: BlobRange | null, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    let file = await this.#find(id, signal);
    const { offset, length } = range ?? { offset: 0, length: file.size };
    let [at, end] = [offset, offset + length];
    if (end > file.size) throw missing(id);
    for (let isFresh = false; ; isFresh = true) {
      try {
        for await (const piece of this.#read(file, at, end, signal)) {
          yield piece;
          at += piece.length;
        }
        return;
      } catch (error) {
        if (isFresh || !isCoded(error, "SHARD_MISSING")) throw error;
        // Its shards may have moved since we read where they are.
        const fresh = await this.#options.files.refresh(file, signal);
        if (fresh === null || fresh.manifest === file.manifest) throw error;
        file = fresh;
      }
    }
  }

  async remove(id: string, signal: AbortSignal): Promise<void> {
    const { files, validators } = this.#options;
    if (!ID.test(id)) throw missing(id);
    const file = await files.find(id as Hex, signal);
    if (file === null) return;
    await (await validators.of(file.validator, signal)).remove(file.fileId, signal);
    // Copies end with the file's term where they are not reached.
    const others = (await validators.all(signal)).filter((one) => one.hotkey !== file.validator);
    await Promise.allSettled(others.map((one) => one.remove(file.fileId, signal)));
    await files.forget(file.fileId);
  }

  /** Every file that this node stored; those the index never heard of were stored for nothing. */
  async *found(): AsyncGenerator<FoundBlob> {
    for (let after = ""; ; ) {
      const page = await this.#options.stored.page(after, PAGE);
      for (const { fileId, createdMs } of page) yield { id: fileId, modifiedMs: createdMs };
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.fileId;
    }
  }

  async #find(id: string, signal: AbortSignal): Promise<NodeFile> {
    if (!ID.test(id)) throw missing(id);
    const file = await this.#options.files.find(id as Hex, signal);
    if (file === null) throw missing(id);
    return file;
  }

  async *#read(file: NodeFile, from: number, to: number, signal: AbortSignal) {
    const { validators, files, threads } = this.#options;
    const network = await validators.reading(file.checked, file.validator, signal);
    await using reader = new StoredFileReader({
      ...{ manifest: file.checked, ownerKey: files.ownerKey, network, signal },
      ...(threads !== undefined && { threads }),
    });
    yield* reader.read(from, to);
  }
}

const missing = (id: string) =>
  new CodedError<StorageApiCode>("BLOB_MISSING", "a blob is not on the network, or was cut", {
    blob: id.slice(0, 66),
  });
