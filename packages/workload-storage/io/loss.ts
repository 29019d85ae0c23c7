const LOST = new Set([
  "ENOENT",
  "EIO",
  "EBADMSG",
  "EUCLEAN",
  "BLOB_MISSING",
  "BLOB_CORRUPT",
  "SHARD_CORRUPT",
]);

/**
 * Whether an error says that bytes are gone or unreadable. Anything else, such as a storage that is
 * not reached or too many open files, passes: nothing is written off for it.
 */
export function isLoss(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return typeof error.code === "string" && LOST.has(error.code);
}
