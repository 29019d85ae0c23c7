import { ENTRY_BYTES } from "./entry.ts";
import type { EntryList } from "./entry-list.ts";
import type { HashShort } from "./hash-short.ts";
import {
  readSum,
  readSumNode,
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
  static of(entries: EntryList, hash: HashShort): SumLevel {
    const level = new SumLevel(entries.length);
    const { bytes } = entries;
    hash({ prefix: SUM_PREFIX.entry, bytes, length: ENTRY_BYTES }, level.#nodes);
    for (let index = 0; index < entries.length; index += 1) {
      level.#putSum(index, entries.leavesAt(index));
    }
    return level;
  }

  /** The level above: parents of pairs; a last odd node stands there again. */
  parents(hash: HashShort): SumLevel {
    const above = new SumLevel(Math.ceil(this.length / 2));
    const pairs = Math.floor(this.length / 2);
    const bytes = this.#bytesOf(0, 2 * pairs);
    hash({ prefix: SUM_PREFIX.parent, bytes, length: 2 * SUM_NODE_BYTES }, above.#nodes);
    for (let pair = 0; pair < pairs; pair += 1) {
      above.#putSum(pair, this.sumAt(2 * pair) + this.sumAt(2 * pair + 1));
    }
    const odd = this.#bytesOf(2 * pairs, this.length);
    above.#nodes.set(odd, pairs * SUM_NODE_BYTES);
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

  #putSum(index: number, sum: number): void {
    writeSum(this.#view, index * SUM_NODE_BYTES, sum);
  }
}
