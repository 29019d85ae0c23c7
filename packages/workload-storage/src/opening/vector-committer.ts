import { merkleRoot, type PedersenSuite, treeHasher } from "@neurond/crypto";
import { CodedError } from "@neurond/primitives";
import type { StorageCode } from "../errors.ts";
import { type Blinding, blindOf } from "./blinding.ts";
import { blockBytes, isSectorCount, sectorValues } from "./blocks.ts";

/** Hashes of the tree over a shard's commitments: prefix 08 before a leaf, 09 before a node. */
export const VECTOR_HASHER = treeHasher(0x08, 0x09);

/** How a shard is committed to. */
export interface VectorPlan {
  readonly suite: PedersenSuite;
  readonly sectors: number;
  readonly blinding: Blinding | null;
}

/** Commitments to all blocks of a shard. */
export interface CommittedVector {
  /** Encoded points, one per block. */
  readonly commitments: readonly Uint8Array[];
  /** `vec_root`: what both sides sign in the receipt. */
  readonly root: Uint8Array;
}

/** The commitment to one block: Σ value_i * G_i + blind * H. */
export function commitBlock(plan: VectorPlan, index: number, block: Uint8Array): Uint8Array {
  const { suite, sectors, blinding } = plan;
  const values = suite.sumOfGenerators(sectorValues(block, sectors));
  return values.plus(suite.blinder.timesSecret(blindOf(suite, blinding, index))).encode();
}

/** Commits to a shard's blocks while its bytes come, in pieces of any length. */
export class VectorCommitter {
  readonly #plan: VectorPlan;
  readonly #block: Uint8Array;
  #gathered = 0;
  readonly #commitments: Uint8Array[] = [];

  /** @throws CodedError PLAN_INVALID unless `sectors` is a power of two of 4 to 1024 */
  constructor(plan: VectorPlan) {
    if (!isSectorCount(plan.sectors)) {
      throw new CodedError<StorageCode>(
        "PLAN_INVALID",
        `a block of ${plan.sectors} sectors: take a power of two from 4 to 1024`,
      );
    }
    this.#plan = plan;
    this.#block = new Uint8Array(blockBytes(plan.sectors));
  }

  /** Takes the next bytes of the sealed shard. */
  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + this.#block.length - this.#gathered);
      this.#block.set(part, this.#gathered);
      this.#gathered += part.length;
      at += part.length;
      if (this.#gathered === this.#block.length) this.#commit();
    }
  }

  /** Commitments and root over all bytes taken. */
  finish(): CommittedVector {
    if (this.#gathered > 0) this.#commit();
    return { commitments: this.#commitments, root: vectorRoot(this.#commitments) };
  }

  #commit(): void {
    const block = this.#block.subarray(0, this.#gathered);
    this.#commitments.push(commitBlock(this.#plan, this.#commitments.length, block));
    this.#gathered = 0;
  }
}

/** The root over encoded commitments: whoever has the list checks it against a receipt. */
export function vectorRoot(commitments: readonly Uint8Array[]): Uint8Array {
  return merkleRoot(
    VECTOR_HASHER,
    commitments.map((bytes) => VECTOR_HASHER.leaf(bytes)),
  );
}
