import { sha3_256 } from "@noble/hashes/sha3.js";
import { concatBytes } from "@noble/hashes/utils.js";

/** A sibling, by the side it stands on. */
export type LegacyStep = { readonly left: Uint8Array } | { readonly right: Uint8Array };

/**
 * The levels of a tree, leaves first. SHA3-256 over pairs without prefixes; leaves are raw bytes of
 * any length; a last odd node goes up unchanged. So a node can pass for a leaf, and where a leaf
 * stands is not bound.
 */
function levelsOf(leaves: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const levels = [leaves];
  for (let level = leaves; level.length > 1; levels.push(level)) {
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, at) => {
      const [left, right] = level.slice(2 * at);
      return right === undefined || left === undefined
        ? (left ?? new Uint8Array())
        : sha3_256(concatBytes(left, right));
    });
  }
  return levels;
}

/** The root; of one leaf it is that leaf. */
export function legacyMerkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return levelsOf(leaves).at(-1)?.[0] ?? new Uint8Array();
}

/** The siblings of a leaf, from the leaf up; a level at which it stands alone has none. */
export function legacyMerkleProof(
  leaves: readonly Uint8Array[],
  index: number,
): readonly LegacyStep[] {
  const steps: LegacyStep[] = [];
  let place = index;
  for (const level of levelsOf(leaves)) {
    const [left, right] = [level[place - 1], level[place + 1]];
    if (place % 2 === 1 && left !== undefined) steps.push({ left });
    else if (place % 2 === 0 && right !== undefined) steps.push({ right });
    place = Math.floor(place / 2);
  }
  return steps;
}

/** Whether the steps lead from leaf to root. */
export function verifyLegacyMerkle(
  leaf: Uint8Array,
  steps: readonly LegacyStep[],
  root: Uint8Array,
): boolean {
  const top = steps.reduce<Uint8Array>(
    (node, step) =>
      sha3_256("left" in step ? concatBytes(step.left, node) : concatBytes(node, step.right)),
    leaf,
  );
  return String(top) === String(root);
}
