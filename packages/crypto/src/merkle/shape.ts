/** A complete subtree: 2^level leaves from leaf index * 2^level. */
export interface NodePlace {
  readonly level: number;
  readonly index: number;
}

/** The leaves from `from` up to, not including, `to`. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
}

/** Where RFC 6962 splits n >= 2 leaves: the largest power of two below n. Exact to 2^53. */
export function splitPoint(leaves: number): number {
  let split = 1;
  while (split * 2 < leaves) split *= 2;
  return split;
}

/**
 * The complete subtrees that make up a subtree of RFC 6962 shape, left to right, largest first.
 * Their hashes folded from the right give the subtree's; only one at the right edge has several.
 */
export function completeSubtrees({ from, to }: LeafRange): readonly NodePlace[] {
  const places: NodePlace[] = [];
  let start = from;
  while (start < to) {
    let level = 0;
    let leaves = 1;
    while (leaves * 2 <= to - start) {
      leaves *= 2;
      level += 1;
    }
    places.push({ level, index: start / leaves });
    start += leaves;
  }
  return places;
}

/** The subtrees whose hashes prove a leaf, from the leaf up: PATH of RFC 6962 section 2.1.1. */
export function inclusionRanges(index: number, size: number): readonly LeafRange[] {
  const ranges: LeafRange[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitPoint(to - from);
    if (index < middle) {
      ranges.push({ from: middle, to });
      to = middle;
    } else {
      ranges.push({ from, to: middle });
      from = middle;
    }
  }
  return ranges.reverse();
}

/** The subtrees that prove a prefix, from the split up: PROOF of RFC 6962 section 2.1.2. */
export function consistencyRanges(first: number, second: number): readonly LeafRange[] {
  const ranges: LeafRange[] = [];
  let [from, to] = [0, second];
  while (to !== first) {
    const middle = from + splitPoint(to - from);
    if (first <= middle) {
      ranges.push({ from: middle, to });
      to = middle;
    } else {
      ranges.push({ from, to: middle });
      from = middle;
    }
  }
  // The verifier knows the hash of the whole first tree, so it is left out.
  if (from > 0) ranges.push({ from, to });
  return ranges.reverse();
}
