import type { Hotkey } from "@neurond/primitives";
import { claimOfTwo, type TwoPlans } from "./claims/storage-equivocation.ts";
import type { Contradiction } from "./contradictions.ts";
import type { FindingCode } from "./finding.ts";
import type { Head } from "./heads.ts";
import type { ProvenEntry } from "./segment.ts";

/** Code, line for people, claim, and the miner it is about, of two statements found in one log. */
export type Told = readonly [FindingCode, string, object, Hotkey | null];

/** How a contradiction is told; `validator` is whose log it was found in. */
export function contradictionText({ signer, a, b }: Contradiction, validator: Hotkey): Told {
  const claim = claimOfTwo(a, b);
  if (signer !== validator) {
    const text = `${signer} signed two answers to one challenge`;
    return ["ANSWER_EQUIVOCATION", text, claim, signer];
  }
  const plural = NOUNS[a.kind];
  return ["STORAGE_EQUIVOCATION", `signed two ${plural} where it may sign one`, claim, minerOf(a)];
}

const NOUNS = {
  commitment: "commitments",
  reveal: "reveals",
  grant: "grants",
  inventory: "inventories",
  challenge: "challenges",
  answer: "answers",
  verdict: "verdicts",
} as const;

/** The miner a statement is about; null for one about a period. */
export function minerOf(record: Contradiction["a"]): Hotkey | null {
  switch (record.kind) {
    case "commitment":
    case "reveal":
      return null;
    case "grant":
      return record.said.grant.miner;
    case "inventory":
      return record.said.miner;
    case "challenge":
    case "answer":
    case "verdict":
      return record.said.challenge.miner;
  }
}

/** The validator a statement is by, or is about. */
export function validatorOf(record: Contradiction["a"]): Hotkey {
  switch (record.kind) {
    case "commitment":
    case "reveal":
    case "inventory":
      return record.said.validator;
    case "grant":
      return record.said.grant.validator;
    case "challenge":
    case "answer":
    case "verdict":
      return record.said.challenge.validator;
  }
}

/** Two plans of one log, each under the head that vouches for both. */
export async function planClaim(
  source: { readonly head: Head; readonly prove: (index: number) => Promise<ProvenEntry> },
  a: number,
  b: number,
): Promise<TwoPlans> {
  const logged = async (index: number) => ({
    head: source.head,
    entry: await source.prove(index),
  });
  return { kind: "plan", a: await logged(a), b: await logged(b) };
}
