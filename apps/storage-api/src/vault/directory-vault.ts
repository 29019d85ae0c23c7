import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { syncDirectory, writeWhole } from "@neurond/files";
import { CodedError } from "@neurond/primitives";
import type { BlobRange, PutOptions, StoredBlob, Vault } from "@neurond/s3";
import type { StorageApiCode } from "../errors.ts";

export interface DirectoryVaultOptions {
  readonly directory: string;
  /** A blob that would leave less free on the disk is refused. */
  readonly keepFreeBytes: number;
}

/** A blob on disk that was last written at a time. */
export interface FoundBlob {
  readonly id: string;
  readonly modifiedMs: number;
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const READ_BYTES = 262_144;
/** Free space is looked at again after so many bytes of a body of unknown length. */
const LOOK_BYTES = 64 * 1_048_576;
/** A file being written by another process is touched more often. */
const LEFT_OVER_MS = 24 * 3_600_000;

/**
 * Blobs as files of one disk. A body goes to a temporary file, which is synced and renamed when it is
 * whole; a crash leaves at most a temporary file, or a blob that nobody was told of (`found` lists them).
 */
export class DirectoryVault implements Vault {
  readonly #directory: string;
  readonly #keepFreeBytes: number;

  private constructor({ directory, keepFreeBytes }: DirectoryVaultOptions) {
    this.#directory = directory;
    this.#keepFreeBytes = keepFreeBytes;
  }

  /** Opens a vault, making its directories, and clears away what a crash left long ago. */
  static async open(options: DirectoryVaultOptions): Promise<DirectoryVault> {
    const vault = new DirectoryVault(options);
    const temporary = join(options.directory, "incoming");
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    for (let at = 0; at < 256; at += 1) {
      const shelf = at.toString(16).padStart(2, "0");
      await mkdir(join(options.directory, "blobs", shelf), { recursive: true, mode: 0o700 });
    }
    for (const directory of [options.directory, join(options.directory, "blobs")]) {
      await syncDirectory(directory);
    }
    for (const name of await readdir(temporary)) {
      const path = join(temporary, name);
      const { mtimeMs } = await stat(path);
      if (Date.now() - mtimeMs > LEFT_OVER_MS) await rm(path, { force: true });
    }
    return vault;
  }

  async put(body: AsyncIterable<Uint8Array>, { size, signal }: PutOptions): Promise<StoredBlob> {
    const id = randomUUID();
    const draft = join(this.#directory, "incoming", id);
    await this.#checkSpace(size ?? 0);
    let written = 0;
    const fill = async (file: FileHandle) => {
      let unseen = 0;
      for await (const bytes of body) {
        signal.throwIfAborted();
        await writeAll(file, bytes);
        written += bytes.length;
        unseen += bytes.length;
        if (unseen < LOOK_BYTES) continue;
        unseen = 0;
        await this.#checkSpace(0);
      }
      signal.throwIfAborted();
    };
    try {
      await writeWhole(this.#pathOf(id), fill, { draft });
    } catch (error) {
      throw isFull(error) ? full(error) : error;
    }
    return { id, size: written };
  }

  async *get(id: string, range: BlobRange | null, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    await using file = await this.#open(id);
    const { size } = await file.stat();
    const { offset, length } = range ?? { offset: 0, length: size };
    if (offset + length > size) throw missing(id);
    for (let at = offset; at < offset + length; ) {
      signal.throwIfAborted();
      const wanted = Math.min(READ_BYTES, offset + length - at);
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
      if (bytesRead === 0) throw missing(id);
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async remove(id: string): Promise<void> {
    await rm(this.#pathOf(id), { force: true });
  }

  /** Every blob there is, in no order; those the index never heard of were stored for nothing. */
  async *found(): AsyncGenerator<FoundBlob> {
    for (let at = 0; at < 256; at += 1) {
      const shelf = join(this.#directory, "blobs", at.toString(16).padStart(2, "0"));
      for (const id of await readdir(shelf)) {
        const entry = await stat(join(shelf, id)).catch(() => null);
        if (entry !== null && ID.test(id)) yield { id, modifiedMs: entry.mtimeMs };
      }
    }
  }

  async #open(id: string): Promise<FileHandle> {
    try {
      return await open(this.#pathOf(id), "r");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") throw missing(id);
      throw error;
    }
  }

  /** Only ids that we made become part of a path. */
  #pathOf(id: string): string {
    if (!ID.test(id)) throw missing(id);
    return join(this.#directory, "blobs", id.slice(0, 2), id);
  }

  async #checkSpace(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#directory);
    if (bavail * bsize - bytes < this.#keepFreeBytes) throw full();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at);
    at += bytesWritten;
  }
}

const isFull = (error: unknown) =>
  ["ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? "");

const full = (cause?: unknown) =>
  new CodedError<StorageApiCode>("VAULT_FULL", "the disk of the vault is full", {}, { cause });

const missing = (id: string) =>
  new CodedError<StorageApiCode>("BLOB_MISSING", "a blob is not in the vault, or was cut", {
    blob: id.slice(0, 64),
  });
