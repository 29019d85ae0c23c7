import type { Hex } from "@neurond/primitives";
import type { RuntimeCode } from "./code.ts";
import type { Header } from "./header.ts";

export interface Block {
  readonly number: number;
  readonly hash: Hex;
  readonly header: Header;
  /** Encoded, with their length prefixes. */
  readonly extrinsics: readonly Uint8Array[];
  /** The runtime in force after this block: its successor runs under it. */
  readonly code: RuntimeCode;
}

/** Blocks by hash, and by height in the best chain. Retracted blocks stay known by hash. */
export class BlockStore {
  readonly #byHash = new Map<Hex, Block>();
  readonly #chain: Block[] = [];

  constructor(genesis: Block) {
    this.add(genesis);
  }

  get genesis(): Block {
    return this.#at(0);
  }

  get best(): Block {
    return this.#at(this.#chain.length - 1);
  }

  add(block: Block): void {
    this.#byHash.set(block.hash, block);
    this.#chain.push(block);
  }

  byHash(hash: Hex): Block | undefined {
    return this.#byHash.get(hash);
  }

  byNumber(number: number): Block | undefined {
    return this.#chain[number];
  }

  isCanonical({ number, hash }: Block): boolean {
    return this.#chain[number]?.hash === hash;
  }

  /** Makes the block at `number` the best one; answers with those above it, highest first. */
  rewind(number: number): Block[] {
    return this.#chain.splice(number + 1).reverse();
  }

  #at(number: number): Block {
    const block = this.#chain[number];
    if (!block) throw new RangeError(`no block ${number}`);
    return block;
  }
}
