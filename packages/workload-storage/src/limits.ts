/** Bytes of every shard leaf but the last, which is what remains and is not padded. */
export const LEAF_BYTES = 4096;
/** The longest shard: 64 GiB. */
export const MAX_SHARD_BYTES = 2 ** 36;
/** The most leaves an inventory can hold: an exbibyte. Sums below it never round. */
export const MAX_TOTAL_LEAVES = 2 ** 48;

/** Leaves of a shard of `size` bytes. */
export function leavesOf(size: number): number {
  return Math.ceil(size / LEAF_BYTES);
}

/** Bytes of one leaf of a shard of `size` bytes. */
export function leafLength(size: number, leaf: number): number {
  return Math.min(LEAF_BYTES, size - leaf * LEAF_BYTES);
}

/** Whether a shard can have this size. */
export function isShardSize(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 1 && size <= MAX_SHARD_BYTES;
}
