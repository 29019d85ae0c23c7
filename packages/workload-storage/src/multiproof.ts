import { type LeafRange, splitPoint } from "@neurond/crypto";

/** What becomes of a tree's parts; text is a reason to stop. */
export interface Fold<Node extends object, Reason extends string> {
  /** A listed leaf. */
  listed(leaf: number): Node;
  /** A subtree without listed leaves; its parent has some. */
  outside(range: LeafRange): Node | Reason;
  join(left: Node, right: Node): Node;
}

/**
 * Folds a tree of RFC 6962 shape to its root, given some leaves and the subtrees between them.
 * Parts are visited from left to right, so the bytes of a proof need neither lengths nor places.
 */
export function foldTree<Node extends object, Reason extends string>(
  leaves: number,
  listed: readonly number[],
  { listed: leafOf, outside, join }: Fold<Node, Reason>,
): Node | Reason {
  let next = 0;
  const foldRange = (from: number, to: number): Node | Reason => {
    const leaf = listed[next];
    if (leaf === undefined || leaf >= to) return outside({ from, to });
    if (to - from === 1) {
      next += 1;
      return leafOf(leaf);
    }
    const middle = from + splitPoint(to - from);
    const left = foldRange(from, middle);
    if (typeof left === "string") return left;
    const right = foldRange(middle, to);
    return typeof right === "string" ? right : join(left, right);
  };
  return foldRange(0, leaves);
}

/** The subtrees that, with the listed leaves, make up the tree, from left to right. */
export function outsideRanges(leaves: number, listed: readonly number[]): readonly LeafRange[] {
  const ranges: LeafRange[] = [];
  const visited = {};
  foldTree(leaves, listed, {
    listed: () => visited,
    outside(range) {
      ranges.push(range);
      return visited;
    },
    join: () => visited,
  });
  return ranges;
}
