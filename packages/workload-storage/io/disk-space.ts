import { statfs } from "node:fs/promises";
import { CodedError } from "@neurond/primitives";
import type { StorageCode } from "@neurond/workload-storage";

const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** Bytes an unprivileged process may still write below a directory. */
export async function freeBytesAt(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** Names a full disk by its code; other errors stay as they are. */
export function nameDiskFull(error: unknown): unknown {
  const isFull =
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    FULL.has(error.code);
  return isFull ? diskFull("the disk filled up while the shard was written", error) : error;
}

/** The refusal of a shard for want of space; what is stored stays. */
export function diskFull(reason: string, cause?: unknown): CodedError<StorageCode> {
  return new CodedError("DISK_FULL", `${reason}: free space or lower the capacity`, {}, { cause });
}
