import { type FileHandle, open, rm } from "node:fs/promises";
import { CodedError } from "@neurond/primitives";
import type { StorageCode } from "@neurond/workload-storage";
import { checkTagSet, type Grant, tagBytesOf } from "@neurond/workload-storage/sweep";
import { nameDiskFull } from "../disk-space.ts";

/**
 * Writes the tags of a grant to a temporary file, one set in memory at a time, and keeps it only if every
 * set is canonical and has its root. Reading stops with the first byte too many.
 * @throws CodedError GRANT_INVALID DISK_FULL; what `body` throws
 */
export async function receiveTags(
  path: string,
  grant: Grant,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    await using file = await open(path, "wx");
    await writeAndCheck(file, grant, body);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw nameDiskFull(error);
  }
}

async function writeAndCheck(
  file: FileHandle,
  grant: Grant,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const set = Buffer.alloc(tagBytesOf(grant.size));
  let [sets, filled] = [0, 0];
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length; ) {
      if (sets === grant.tagRoots.length) throw wrongLength(grant, "more");
      const part = chunk.subarray(at, at + set.length - filled);
      set.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < set.length) continue;
      checkTagSet(grant, sets, set);
      await file.writeFile(set);
      [sets, filled] = [sets + 1, 0];
    }
  }
  if (sets < grant.tagRoots.length) throw wrongLength(grant, "fewer");
}

function wrongLength({ tagRoots, size }: Grant, than: string): CodedError<StorageCode> {
  const bytes = tagRoots.length * tagBytesOf(size);
  return new CodedError("GRANT_INVALID", `${than} bytes of tags came than the ${bytes} granted`);
}
