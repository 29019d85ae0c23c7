import { RFC6962, verifyInclusion } from "@neurond/crypto";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { INVOCATION_COLUMNS } from "../rows/invocation.ts";
import type { TreeHead } from "./invocation-tree.ts";

/** One leaf with its way to the root. */
export interface LeafProof {
  readonly index: number;
  readonly invocationId: string;
  readonly content: string;
  /** From the leaf up. */
  readonly siblings: readonly Uint8Array[];
}

/** That an invocation is among the rows of an hour, or that it is not. */
export type RowProof =
  | { readonly kind: "present"; readonly invocationId: string; readonly leaf: LeafProof }
  | {
      readonly kind: "absent";
      readonly invocationId: string;
      /** The greatest id below it; null when there is none. */
      readonly before: LeafProof | null;
      /** The least id above it; null when there is none. */
      readonly after: LeafProof | null;
    };

/**
 * Whether a proof convinces somebody who knows the head, from a commitment, of what it says about its
 * `invocationId`; that this is the one they asked for they compare themselves. Absence rests on the rows'
 * order: who holds the whole export checks that once, by computing the root from it.
 */
export function verifyRowProof(head: TreeHead, proof: RowProof): boolean {
  if (proof.kind === "present") {
    return proof.leaf.invocationId === proof.invocationId && isLeaf(head, proof.leaf);
  }
  const { invocationId, before, after } = proof;
  if (before !== null && !(before.invocationId < invocationId && isLeaf(head, before)))
    return false;
  if (after !== null && !(after.invocationId > invocationId && isLeaf(head, after))) return false;
  // Both are neighbours, or the one that exists stands at the edge, or the tree is empty.
  const from = before === null ? 0 : before.index + 1;
  const to = after === null ? head.size : after.index;
  return from === to && (head.size > 0 || isEmptyRoot(head.root));
}

const ID_PLACE = INVOCATION_COLUMNS.indexOf("invocation_id") + 1;

function isLeaf({ size, root }: TreeHead, leaf: LeafProof): boolean {
  if (idOf(leaf.content) !== leaf.invocationId) return false;
  const leafHash = RFC6962.leaf(utf8ToBytes(leaf.content));
  return verifyInclusion(RFC6962, {
    leafHash,
    index: leaf.index,
    size,
    root,
    proof: leaf.siblings,
  });
}

/** The id inside a leaf: what is proven is the content, not what somebody calls it. */
function idOf(content: string): string | null {
  try {
    const cells: unknown = JSON.parse(content);
    const id: unknown =
      Array.isArray(cells) && cells[0] === "neurond/invocation/v1" ? cells[ID_PLACE] : null;
    return typeof id === "string" ? id.toLowerCase() : null;
  } catch {
    return null;
  }
}

function isEmptyRoot(root: Uint8Array): boolean {
  return (
    root.length === RFC6962.empty.length &&
    root.every((byte, index) => byte === RFC6962.empty[index])
  );
}
