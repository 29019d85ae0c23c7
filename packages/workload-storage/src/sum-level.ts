import { ENTRY_BYTES } from "./entry.ts";
import type { EntryList } from "./entry-list.ts";
import {
  readSum,
  readSumNode,
  type Sha256,
  SUM_NODE_BYTES,
  SUM_PREFIX,
  type SumNode,
  writeSum,
} from "./sum-node.ts";

/** The nodes of one level of a sum tree, in the bytes they have in answers and preimages. */
export class SumLevel {
  readonly length: number;
  readonly #nodes: Uint8Array;
  readonly #view: DataView;

  private constructor(length: number) {
    this.length = length;
    this.#nodes = new Uint8Array(length * SUM_NODE_BYTES);
    this.#view = new DataView(this.#nodes.buffer);
  }

  /** The leaves of entries. */
  static of(entries: EntryList, hash: Sha256): SumLevel {
    const level = new SumLevel(entries.length);
    const preimage = new Uint8Array(1 + ENTRY_BYTES);
    preimage[0] = SUM_PREFIX.entry;
    for (let index = 0; index < entries.length; index += 1) {
      preimage.set(entries.bytesAt(index), 1);
      level.#put(index, hash(preimage), entries.leavesAt(index));
    }
    return level;
  }

  /** The level above: parents of pairs; a last odd node stands there again. */
  parents(hash: Sha256): SumLevel {
    const above = new SumLevel(Math.ceil(this.length / 2));
    const preimage = new Uint8Array(1 + 2 * SUM_NODE_BYTES);
    preimage[0] = SUM_PREFIX.parent;
    for (let left = 0; left + 1 < this.length; left += 2) {
      preimage.set(this.#bytesOf(left, left + 2), 1);
      above.#put(left / 2, hash(preimage), this.sumAt(left) + this.sumAt(left + 1));
    }
    if (this.length % 2 === 1) {
      above.#nodes.set(
        this.#bytesOf(this.length - 1, this.length),
        above.#nodes.length - SUM_NODE_BYTES,
      );
    }
    return above;
  }

  /** A node there is. */
  at(index: number): SumNode {
    return readSumNode(this.#bytesOf(index, index + 1));
  }

  sumAt(index: number): number {
    return readSum(this.#view, index * SUM_NODE_BYTES);
  }

  #bytesOf(from: number, to: number): Uint8Array {
    return this.#nodes.subarray(from * SUM_NODE_BYTES, to * SUM_NODE_BYTES);
  }

  #put(index: number, hash: Uint8Array, sum: number): void {
    this.#nodes.set(hash, index * SUM_NODE_BYTES);
    writeSum(this.#view, index * SUM_NODE_BYTES, sum);
  }
}
