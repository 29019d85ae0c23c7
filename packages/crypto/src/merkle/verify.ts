import { HASH_BYTES, isHash, type TreeHasher } from "./hasher.ts";

/** A claim that a tree of `size` leaves with this root holds this leaf at `index`. */
export interface InclusionClaim {
  readonly leafHash: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** A claim that the tree of `secondSize` leaves begins with the tree of `firstSize`. */
export interface ConsistencyClaim {
  readonly firstSize: number;
  readonly firstRoot: Uint8Array;
  readonly secondSize: number;
  readonly secondRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * Checks an inclusion proof (RFC 9162 section 2.1.3.2). Whatever a peer sent, the answer is a boolean.
 * Take size and root together from a signed checkpoint: trees of several sizes share a proof's shape.
 */
export function verifyInclusion(hasher: TreeHasher, claim: InclusionClaim): boolean {
  const { leafHash, index, size, root, proof } = claim;
  if (!isSize(index) || !isSize(size) || index >= size) return false;
  if (!isHash(leafHash) || !isHash(root) || !isProof(proof)) return false;
  let [place, last, hash] = [index, size - 1, leafHash];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      hash = hasher.node(sibling, hash);
      // Levels at which a right edge stands alone contribute no hash.
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      hash = hasher.node(hash, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && isSame(hash, root);
}

/**
 * Checks a consistency proof (RFC 9162 section 2.1.4.2). Whatever a peer sent, the answer is a boolean.
 * An empty first tree is a part of every tree; its proof is empty and its root the empty one.
 */
export function verifyConsistency(hasher: TreeHasher, claim: ConsistencyClaim): boolean {
  const { firstSize, firstRoot, secondSize, secondRoot, proof } = claim;
  if (!isSize(firstSize) || !isSize(secondSize) || firstSize > secondSize) return false;
  if (!isHash(firstRoot) || !isHash(secondRoot) || !isProof(proof)) return false;
  if (firstSize === secondSize) return proof.length === 0 && isSame(firstRoot, secondRoot);
  if (firstSize === 0) return proof.length === 0 && isSame(firstRoot, hasher.empty);

  let [place, last] = [firstSize - 1, secondSize - 1];
  while (isOdd(place)) [place, last] = [half(place), half(last)];
  // A first tree that is one complete subtree is not repeated in the proof.
  const path = place === 0 ? [firstRoot, ...proof] : proof;
  const start = path[0];
  if (start === undefined) return false;
  let [first, second] = [start, start];
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      first = hasher.node(sibling, first);
      second = hasher.node(sibling, second);
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      second = hasher.node(second, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && isSame(first, firstRoot) && isSame(second, secondRoot);
}

/** 2^53 leaves need 53 hashes; a longer proof is refused before it is worked on. */
const MAX_PROOF_HASHES = 53;

function isProof(proof: readonly Uint8Array[]): boolean {
  return Array.isArray(proof) && proof.length <= MAX_PROOF_HASHES && proof.every(isHash);
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  for (let at = 0; at < HASH_BYTES; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

function isOdd(value: number): boolean {
  return value % 2 === 1;
}

function half(value: number): number {
  return Math.floor(value / 2);
}
