import type { LeafRange } from "@neurond/crypto";
import { CodedError } from "@neurond/primitives";
import { type Entries, EntryList } from "./entry-list.ts";
import type { StorageCode } from "./errors.ts";
import { hashShort } from "./hash-short.ts";
import { MAX_TOTAL_LEAVES } from "./limits.ts";
import { SumLevel } from "./sum-level.ts";
import { entryNode, type SumNode } from "./sum-node.ts";

/** Where a position of an inventory lies. */
export interface Place {
  /** Index of the entry. */
  readonly index: number;
  /** Leaf within the entry's shard. */
  readonly leaf: number;
}

/**
 * All nodes of an inventory: built once per run, then each challenge costs a few look-ups however
 * much is stored. A position is a leaf over all shards in the order of entries. An entry takes 112
 * bytes with all nodes above it: the leaf of an entry is hashed again when it is asked for.
 */
export class InventoryTree {
  readonly entries: EntryList;
  /** Shard leaves in all. */
  readonly total: number;
  /** The root of the sum tree. */
  readonly hash: Uint8Array;
  /** From the parents of entries up to the root; none over a single entry. */
  readonly #levels: readonly SumLevel[];

  /**
   * @throws CodedError INVENTORY_INVALID when there is no entry, too much in all, or they do not
   * ascend strictly by shard id
   */
  constructor(entries: Entries) {
    this.entries = EntryList.of(entries);
    this.total = leavesIn(this.entries);
    if (this.count === 0 || this.total > MAX_TOTAL_LEAVES) {
      throw new CodedError<StorageCode>(
        "INVENTORY_INVALID",
        `an inventory of ${this.count} shards and ${this.total} leaves cannot be challenged`,
      );
    }
    this.#levels = levelsOver(this.entries);
    this.hash = this.node({ from: 0, to: this.count }).hash;
  }

  get count(): number {
    return this.entries.length;
  }

  /** Where a position in [0, total) lies. */
  locate(position: number): Place {
    let [index, leaf] = [0, position];
    for (let level = this.#levels.length - 1; level >= 0; level -= 1) {
      index *= 2;
      const left = this.#sumAt(level, index);
      if (leaf < left) continue;
      index += 1;
      leaf -= left;
    }
    return { index, leaf };
  }

  /** The node over entries from `from` to `to`, which must be a subtree of RFC 6962 shape. */
  node({ from, to }: LeafRange): SumNode {
    let [level, leaves] = [0, 1];
    while (leaves < to - from) [level, leaves] = [level + 1, leaves * 2];
    const isSubtree = from % leaves === 0 && to === Math.min(from + leaves, this.count);
    const node = isSubtree && from < to ? this.#nodeAt(level, from / leaves) : undefined;
    if (node !== undefined) return node;
    throw new CodedError<StorageCode>(
      "INVENTORY_INVALID",
      `entries ${from} to ${to} are no subtree of ${this.count}`,
      { from, to },
    );
  }

  /** A node by its level, entries being level 0, and its place there. */
  #nodeAt(level: number, index: number): SumNode | undefined {
    if (level > 0) return this.#levels[level - 1]?.at(index);
    const entry = this.entries.at(index);
    return entry && entryNode(entry);
  }

  #sumAt(level: number, index: number): number {
    const above = this.#levels[level - 1];
    return above === undefined ? this.entries.leavesAt(index) : above.sumAt(index);
  }
}

function leavesIn(entries: EntryList): number {
  let total = 0;
  for (let index = 0; index < entries.length; index += 1) total += entries.leavesAt(index);
  return total;
}

function levelsOver(entries: EntryList): readonly SumLevel[] {
  const hash = hashShort(entries.length);
  const levels: SumLevel[] = [];
  for (let below = SumLevel.of(entries, hash); below.length > 1; ) {
    below = below.parents(hash);
    levels.push(below);
  }
  return levels;
}
