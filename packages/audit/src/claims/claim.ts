import type { CommitmentFact } from "@neurond/consensus";
import type { Verify } from "@neurond/crypto";
import type { Hotkey, Netuid, RunId } from "@neurond/primitives";
import type { AuditedWorkload } from "../workload.ts";

/** Who is accused of what, outside of the claim itself. */
export interface Accused {
  readonly netuid: Netuid;
  readonly runId: RunId;
  readonly validator: Hotkey;
  readonly miner: Hotkey | null;
}

/** What a reader brings to evidence: nothing but public code. */
export interface Judge {
  readonly verify: Verify;
  readonly workloads: readonly AuditedWorkload[];
}

/**
 * What evidence comes to. `proven` holds as far as signatures and hashes reach; each fact must still
 * be found on chain, and `chain` names in words whatever else only the chain can say. `asserted` is
 * the auditor's word, consistent in itself.
 */
export type Verdict =
  | {
      readonly kind: "proven" | "asserted";
      readonly facts: readonly CommitmentFact[];
      readonly chain: readonly string[];
    }
  | { readonly kind: "refused"; readonly fault: EvidenceFault; readonly reason: string };

/** Why evidence is refused. */
export type EvidenceFault =
  | "EVIDENCE_MALFORMED"
  | "DIGEST_MISMATCH"
  | "AUDITOR_SIGNATURE_INVALID"
  | "NOT_PROVEN";

/** Checks a claim. */
export type CheckClaim = (
  claim: unknown,
  accused: Accused,
  judge: Judge,
) => Verdict | Promise<Verdict>;

export function proven(
  facts: readonly (CommitmentFact | null)[] = [],
  chain: readonly string[] = [],
): Verdict {
  return { kind: "proven", facts: facts.filter((fact) => fact !== null), chain };
}

export function asserted(facts: readonly CommitmentFact[] = []): Verdict {
  return { kind: "asserted", facts, chain: [] };
}

export function malformed(reason: string): Verdict {
  return { kind: "refused", fault: "EVIDENCE_MALFORMED", reason };
}

export function notProven(reason: string): Verdict {
  return { kind: "refused", fault: "NOT_PROVEN", reason };
}
