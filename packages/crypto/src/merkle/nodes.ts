import { CodedError } from "@neurond/primitives";
import type { CryptoCode } from "../errors.ts";
import type { NodePlace } from "./shape.ts";

/** The hash of a complete subtree, as a builder hands it out and a store keeps it. */
export interface MerkleNode extends NodePlace {
  readonly hash: Uint8Array;
}

/** Where proofs find hashes of complete subtrees. A proof asks once, for all it needs. */
export interface NodeStore {
  /** The hashes at `places`, in their order; `MERKLE_NODE_MISSING` when one was never stored. */
  readNodes(places: readonly NodePlace[]): Promise<readonly Uint8Array[]>;
}

/** A node store in memory: about two hashes for every leaf. */
export class MemoryNodes implements NodeStore {
  readonly #hashes = new Map<string, Uint8Array>();

  add(nodes: readonly MerkleNode[]): void {
    for (const node of nodes) this.#hashes.set(nameOf(node), node.hash);
  }

  async readNodes(places: readonly NodePlace[]): Promise<readonly Uint8Array[]> {
    return places.map((place) => this.#hashes.get(nameOf(place)) ?? missing(place));
  }
}

/** The error every node store throws for a subtree it does not have. */
export function nodeMissing({ level, index }: NodePlace): CodedError<CryptoCode> {
  return new CodedError(
    "MERKLE_NODE_MISSING",
    `no hash of subtree ${index} at level ${level}: ask only below the tree's size`,
    { level, index },
  );
}

function missing(place: NodePlace): never {
  throw nodeMissing(place);
}

function nameOf({ level, index }: NodePlace): string {
  return `${level}/${index}`;
}
