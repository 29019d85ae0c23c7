import type { LeafRange } from "@neurond/crypto";
import { CodedError } from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { checkEntries, type Entry } from "./entry.ts";
import type { StorageCode } from "./errors.ts";
import { leavesOf, MAX_TOTAL_LEAVES } from "./limits.ts";
import { entryNode, joinSums, type Sha256, type SumNode } from "./sum-node.ts";

/** Where a position of an inventory lies. */
export interface Place {
  /** Index of the entry. */
  readonly index: number;
  /** Leaf within the entry's shard. */
  readonly leaf: number;
}

/**
 * All nodes of an inventory: built once per run, then each challenge costs a few look-ups however
 * much is stored. A position is a leaf over all shards in the order of entries.
 */
export class InventoryTree {
  readonly entries: readonly Entry[];
  /** Shard leaves in all. */
  readonly total: number;
  /** The root of the sum tree. */
  readonly hash: Uint8Array;
  /** Nodes of each level, entries first; a last odd node stands on every level up to its parent's. */
  readonly #levels: readonly (readonly SumNode[])[];
  /** The position at which each entry begins. */
  readonly #starts: Float64Array;

  /**
   * @throws CodedError INVENTORY_INVALID when there is no entry, too much in all, or they do not
   * ascend strictly by shard id
   */
  constructor(entries: readonly Entry[], hash: Sha256 = sha256) {
    checkEntries(entries);
    this.entries = entries;
    this.#starts = new Float64Array(entries.length);
    let total = 0;
    for (const [index, { size }] of entries.entries()) {
      this.#starts[index] = total;
      total += leavesOf(size);
    }
    this.total = total;
    this.#levels = levelsOver(
      entries.map((entry) => entryNode(entry, hash)),
      hash,
    );
    const root = this.#levels.at(-1)?.[0];
    if (root === undefined || total > MAX_TOTAL_LEAVES) {
      throw new CodedError<StorageCode>(
        "INVENTORY_INVALID",
        `an inventory of ${entries.length} shards and ${total} leaves cannot be challenged`,
      );
    }
    this.hash = root.hash;
  }

  get count(): number {
    return this.entries.length;
  }

  /** Where a position in [0, total) lies. */
  locate(position: number): Place {
    let [low, high] = [0, this.count];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= position) low = middle;
      else high = middle;
    }
    return { index: low, leaf: position - (this.#starts[low] ?? 0) };
  }

  /** The node over entries from `from` to `to`, which must be a subtree of RFC 6962 shape. */
  node({ from, to }: LeafRange): SumNode {
    let [level, leaves] = [0, 1];
    while (leaves < to - from) [level, leaves] = [level + 1, leaves * 2];
    const node = this.#levels[level]?.[from / leaves];
    if (node !== undefined) return node;
    throw new CodedError<StorageCode>(
      "INVENTORY_INVALID",
      `entries ${from} to ${to} are no subtree of ${this.count}`,
      { from, to },
    );
  }
}

function levelsOver(nodes: readonly SumNode[], hash: Sha256): readonly (readonly SumNode[])[] {
  const levels = [nodes];
  for (let below = nodes; below.length > 1; ) {
    const above: SumNode[] = [];
    for (let at = 0; at < below.length; at += 2) {
      const [left, right] = [below[at], below[at + 1]];
      if (left !== undefined) above.push(right === undefined ? left : joinSums(left, right, hash));
    }
    levels.push(above);
    below = above;
  }
  return levels;
}
