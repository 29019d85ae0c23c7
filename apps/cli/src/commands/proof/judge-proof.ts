import {
  type commitmentFields,
  digestOf,
  parseRowsCommitment,
  parseValidatorReport,
  type RowProof,
  type TreeHead,
  verifyRowProof,
} from "@neurond/exports";
import { isCoded, toHex } from "@neurond/primitives";
import { sha256Hex } from "./sha256.ts";

/** What is held against each other. */
export interface ProofEvidence {
  /** The invocation that was asked for; null when a file says what it is about. */
  readonly wanted: string | null;
  readonly head: TreeHead;
  readonly proof: RowProof;
  readonly report: Uint8Array;
  /** The fields of every commitment that the hotkey made in the block. */
  readonly commitments: readonly (readonly CommittedField[])[];
}

/** A field as a chain client has it. */
export type CommittedField =
  | ReturnType<typeof commitmentFields>[number]
  | { readonly kind: string; readonly bytes?: Uint8Array; readonly hash?: Uint8Array };

/** What a proof shows, or the first reason why it shows nothing. */
export type ProofVerdict =
  | { readonly kind: "present" | "absent"; readonly reason: null }
  | { readonly kind: "unproven"; readonly reason: string };

/** Follows a proof from the row to the chain; every step must hold. */
export function judgeProof(evidence: ProofEvidence): ProofVerdict {
  const { wanted, head, proof, report, commitments } = evidence;
  if (wanted !== null && proof.invocationId !== wanted.toLowerCase())
    return unproven(`the proof is about ${proof.invocationId}`);
  if (!verifyRowProof(head, proof)) return unproven("the proof does not lead to the root it names");
  const stated = statedTree(report);
  if (stated === null) return unproven("the report names no tree over its invocations");
  if (stated.root !== hexOf(head.root) || stated.size !== head.size)
    return unproven("the report names another tree than the proof");
  const digest = sha256Hex(report);
  const held = commitments.find((fields) => {
    const committed = digestOf(fields);
    return committed !== null && hexOf(committed) === digest;
  });
  if (held === undefined) return unproven("the hotkey did not commit to this report in that block");
  const tree = held
    .map(textOf)
    .map(parseRowsCommitment)
    .find((found) => found !== null);
  if (tree && (hexOf(tree.root) !== stated.root || tree.size !== stated.size))
    return unproven("the commitment names another tree than the report");
  return { kind: proof.kind, reason: null };
}

function statedTree(report: Uint8Array): { readonly root: string; readonly size: number } | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(report);
    return parseValidatorReport(text).neurond?.invocation_tree ?? null;
  } catch (error) {
    if (isCoded(error) || error instanceof TypeError) return null;
    throw error;
  }
}

function textOf(field: CommittedField): string {
  if (field.kind !== "raw" || !("bytes" in field) || field.bytes === undefined) return "";
  return Buffer.from(field.bytes).toString("latin1");
}

const unproven = (reason: string): ProofVerdict => ({ kind: "unproven", reason });
const hexOf = (bytes: Uint8Array): string => toHex(bytes).slice(2);
