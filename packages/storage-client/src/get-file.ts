import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { moveWhole } from "@neurond/files";
import { CodedError, toHex } from "@neurond/primitives";
import type { StorageCode } from "@neurond/workload-storage";
import { RECORD_BYTES } from "@neurond/workload-storage/file";
import { type GetOptions, StoredFileReader } from "./stored-file.ts";

export interface GetFileOptions extends GetOptions {
  /** Where the file goes; it appears there whole or not at all. */
  readonly path: string;
  /** Leaves what came so far, for the next attempt, when this one fails. */
  readonly keepPartial?: boolean;
}

/** Where the bytes of a file are until they are all there: another name for another version of it. */
export function partialPath(path: string, { manifest }: Pick<GetOptions, "manifest">): string {
  return `${path}.${manifest.id.slice(2, 18)}.partial`;
}

/**
 * Brings a file back: of each segment any k shards that are right, unsealed, decrypted and compared
 * with what its owner stored. What a killed attempt left is taken up. A miner that answers with other
 * bytes costs time, never content.
 * @throws CodedError SHARD_MISSING when too few shards of a segment come back, KEY_INVALID for another
 * owner's key, CIPHERTEXT_INVALID when the manifest's secrets are not the file's
 */
export async function getFile(
  options: GetFileOptions,
): Promise<{ readonly name: string; readonly resumedBytes: number }> {
  const partial = partialPath(options.path, options);
  await using file = new StoredFileReader(options);
  try {
    const before = await prefixOf(partial, file.size);
    let digest = await receive(file, partial, before);
    if (before.bytes > 0 && digest !== file.sha256) {
      // What was left may be torn after a power cut: what comes now is checked record by record.
      digest = await receive(file, partial, { bytes: 0, digest: createHash("sha256") });
    }
    if (digest !== file.sha256) {
      throw new CodedError<StorageCode>("CIPHERTEXT_INVALID", "the file is not the one stored");
    }
    await moveWhole(partial, options.path);
    return { name: file.name, resumedBytes: before.bytes };
  } catch (error) {
    if (options.keepPartial !== true) await rm(partial, { force: true });
    throw error;
  }
}

interface Prefix {
  readonly bytes: number;
  readonly digest: Hash;
}

/** What an earlier attempt left, to a record's end. */
async function prefixOf(partial: string, size: number): Promise<Prefix> {
  const digest = createHash("sha256");
  const found = await stat(partial).catch(() => null);
  const bytes = Math.floor(Math.min(found?.size ?? 0, size) / RECORD_BYTES) * RECORD_BYTES;
  if (bytes === 0) return { bytes, digest };
  for await (const chunk of createReadStream(partial, { end: bytes - 1 })) digest.update(chunk);
  return { bytes, digest };
}

async function receive(file: StoredFileReader, partial: string, before: Prefix): Promise<string> {
  await using output = await open(partial, before.bytes > 0 ? "r+" : "w", 0o600);
  await output.truncate(before.bytes);
  let at = before.bytes;
  for await (const view of file.views(before.bytes)) {
    before.digest.update(view);
    await writeAll(output, view, at);
    at += view.length;
  }
  return toHex(before.digest.digest());
}

async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const rest = bytes.length - written;
    written += (await file.write(bytes, written, rest, at + written)).bytesWritten;
  }
}
