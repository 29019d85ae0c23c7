import { fromHex, type Hex, toHex } from "@neurond/primitives";
import { z } from "zod";
import { parseJson, parseShape } from "../reports/parse.ts";
import type { TreeHead } from "./invocation-tree.ts";
import type { LeafProof, RowProof } from "./proof.ts";

/** A proof with the head that it is about, which the reader compares with a commitment. */
export interface StatedProof {
  readonly head: TreeHead;
  readonly proof: RowProof;
}

/** Longest text taken: two leaves with a long error message each, and their siblings. */
const MAX_CHARS = 32 << 20;

const Hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((digits) => fromHex(`0x${digits}` as Hex));

const Leaf = z.object({
  index: z.int().nonnegative(),
  invocation_id: z.string(),
  content: z.string(),
  siblings: z.array(Hash).max(53),
});

const tree = z.object({ size: z.int().nonnegative(), root: Hash });

const Shape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("present"), invocation_id: z.string(), tree, leaf: Leaf }),
  z.object({
    kind: z.literal("absent"),
    invocation_id: z.string(),
    tree,
    before: Leaf.nullable(),
    after: Leaf.nullable(),
  }),
]);

/** A proof as files and routes have it. */
export function proofJson({ head, proof }: StatedProof): string {
  const stated = {
    kind: proof.kind,
    invocation_id: proof.invocationId,
    tree: { size: head.size, root: hexOf(head.root) },
  };
  return proof.kind === "present"
    ? JSON.stringify({ ...stated, leaf: leafJson(proof.leaf) })
    : JSON.stringify({ ...stated, before: leafJson(proof.before), after: leafJson(proof.after) });
}

/** Reads a proof; whether it convinces says `verifyRowProof`. @throws CodedError REPORT_INVALID */
export function parseProof(text: string): StatedProof {
  const what = "a proof";
  const value = parseShape(what, Shape, parseJson(what, text, MAX_CHARS));
  const { tree: head, invocation_id: invocationId } = value;
  if (value.kind === "present") {
    return { head, proof: { kind: "present", invocationId, leaf: leafOf(value.leaf) } };
  }
  const [before, after] = [value.before, value.after].map((leaf) => leaf && leafOf(leaf));
  return {
    head,
    proof: { kind: "absent", invocationId, before: before ?? null, after: after ?? null },
  };
}

const hexOf = (bytes: Uint8Array): string => toHex(bytes).slice(2);

const leafJson = (leaf: LeafProof | null) =>
  leaf && {
    index: leaf.index,
    invocation_id: leaf.invocationId,
    content: leaf.content,
    siblings: leaf.siblings.map(hexOf),
  };

const leafOf = ({ invocation_id, ...leaf }: z.infer<typeof Leaf>): LeafProof => ({
  ...leaf,
  invocationId: invocation_id,
});
