import { CodedError } from "@neurond/primitives";
import type { CryptoCode } from "../errors.ts";
import { isHash, type TreeHasher } from "./hasher.ts";
import type { MerkleNode } from "./nodes.ts";
import { completeSubtrees, type NodePlace } from "./shape.ts";

/** Grows a tree leaf by leaf and keeps one hash per set bit of its size. */
export class MerkleBuilder {
  readonly #hasher: TreeHasher;
  /** Hashes of the complete subtrees, left to right. */
  readonly #peaks: Uint8Array[];
  #size: number;

  /** Starts empty, or goes on where another stopped: `peaks` are the hashes at `peakPlaces(size)`. */
  constructor(hasher: TreeHasher, size = 0, peaks: readonly Uint8Array[] = []) {
    if (peaks.length !== peakPlaces(size).length || !peaks.every(isHash)) {
      throw new CodedError<CryptoCode>(
        "MERKLE_INVALID",
        `${peaks.length} peaks do not make a tree of ${size} leaves`,
        { size, peaks: peaks.length },
      );
    }
    this.#hasher = hasher;
    this.#size = size;
    this.#peaks = [...peaks];
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a leaf's hash and returns every subtree it completed, its own first. */
  append(leafHash: Uint8Array): readonly MerkleNode[] {
    let [level, index, hash] = [0, this.#size, leafHash];
    const completed: MerkleNode[] = [{ level, index, hash }];
    while (index % 2 === 1) {
      const left = this.#peaks.pop();
      if (left === undefined) break;
      hash = this.#hasher.node(left, hash);
      index = (index - 1) / 2;
      level += 1;
      completed.push({ level, index, hash });
    }
    this.#peaks.push(hash);
    this.#size += 1;
    return completed;
  }

  /** Another builder at the same place; what is added to one does not show in the other. */
  copy(): MerkleBuilder {
    return new MerkleBuilder(this.#hasher, this.#size, this.#peaks);
  }

  /** The root over all leaves so far. */
  root(): Uint8Array {
    return foldPeaks(this.#hasher, this.#peaks);
  }
}

/** Where the hashes stand from which a tree of `size` leaves can be continued. */
export function peakPlaces(size: number): readonly NodePlace[] {
  return completeSubtrees({ from: 0, to: size });
}

/** The root over complete subtrees, left to right; the empty root for none. */
export function foldPeaks(hasher: TreeHasher, peaks: readonly Uint8Array[]): Uint8Array {
  const last = peaks.at(-1);
  if (last === undefined) return hasher.empty;
  return peaks.slice(0, -1).reduceRight((right, left) => hasher.node(left, right), last);
}

/** The root over leaf hashes at hand. */
export function merkleRoot(hasher: TreeHasher, leafHashes: Iterable<Uint8Array>): Uint8Array {
  const builder = new MerkleBuilder(hasher);
  for (const hash of leafHashes) builder.append(hash);
  return builder.root();
}
