import type { LeafRange } from "@neurond/crypto";
import { leavesOf } from "@neurond/workload-storage/format";

/** Leaves under each of the lowest hashes kept: 64 KiB are read again for a path. */
export const GROUP_LEAVES = 16;
/** Bytes of a hash. */
export const HASH_BYTES = 32;

/** Groups of a shard. */
export function groupsOf(size: number): number {
  return Math.ceil(leavesOf(size) / GROUP_LEAVES);
}

/** Hashes kept for so many groups: all levels from the groups up to the root, one after the other. */
export function keptHashes(groups: number): number {
  let [kept, level] = [groups, groups];
  while (level > 1) {
    level = Math.ceil(level / 2);
    kept += level;
  }
  return kept;
}

/**
 * Which kept hash is the subtree over some leaves, or null when it lies within a group. On every
 * level a last odd node stands as it is, so subtrees at the right edge are found like any other.
 */
export function keptIndex(leaves: number, { from, to }: LeafRange): number | null {
  const isWhole = (edge: number) => edge % GROUP_LEAVES === 0 || edge === leaves;
  if (from % GROUP_LEAVES !== 0 || !isWhole(to)) return null;
  const groups = Math.ceil(to / GROUP_LEAVES) - from / GROUP_LEAVES;
  let [offset, width, span] = [0, Math.ceil(leaves / GROUP_LEAVES), 1];
  while (span < groups) {
    offset += width;
    width = Math.ceil(width / 2);
    span *= 2;
  }
  return offset + from / GROUP_LEAVES / span;
}
