import { auditedWorkloads, checkEvidence, type Evidence } from "@neurond/audit";
import { verifySr25519Fast } from "@neurond/crypto";
import type { CheckedEvidence } from "./schemas.ts";

/** Checks an evidence file by itself: nothing is fetched, nobody is believed. */
export async function checkEvidenceFile(value: unknown): Promise<CheckedEvidence> {
  const judge = { workloads: auditedWorkloads(), verify: verifySr25519Fast };
  const verdict = await checkEvidence(value, judge);
  if (verdict.kind === "refused") {
    const nobody = { finding: null, validator: null, miner: null, summary: null };
    const reason = `${verdict.fault}: ${verdict.reason}`;
    return { verdict: "refused", ...nobody, reason, onChain: [] };
  }
  // What was not refused has the shape of evidence.
  const { code: finding, validator, miner, summary } = value as Evidence;
  const facts = verdict.facts.map(({ block, payload }) => `block ${block}: ${payload}`);
  const onChain = [...new Set([...facts, ...verdict.chain])];
  return { verdict: verdict.kind, finding, validator, miner, summary, reason: null, onChain };
}
