import { attachBodies, decodeEntry, isEntryOf, type Observation } from "@neurond/ledger";
import { canonicalJson, fromHex } from "@neurond/primitives";
import { isProvable, isSettled, type Outcome } from "@neurond/workload";
import { z } from "zod";
import { Head, openHead } from "../heads.ts";
import { ProvenEntry } from "../segment.ts";
import type { AuditedWorkload } from "../workload.ts";
import { type CheckClaim, malformed, notProven, proven } from "./claim.ts";

/** An observation under a head its validator is bound by, with the bodies it names. */
export const VerdictForged = z.strictObject({
  head: Head,
  entry: ProvenEntry,
  /** An earlier, settled observation of the same task, when the claim is that it was judged again. */
  earlier: ProvenEntry.nullable(),
  /** Pairs of hash and bytes. */
  bodies: z.array(z.tuple([z.string(), z.string().regex(/^0x(?:[0-9a-f]{2})*$/)])).max(64),
});

/** What judging an observation again comes to. */
export type Judgement =
  | { readonly kind: "holds" }
  | { readonly kind: "missing"; readonly bodies: readonly string[] }
  | { readonly kind: "forged"; readonly due: Outcome | null };

/** Judges an observation again, with the same code the validator had to use. */
export function judgeAgain(
  observation: Observation,
  { workload }: AuditedWorkload,
  bodyOf: (hash: string) => Uint8Array | undefined,
): Judgement {
  const { task, evidence, outcome } = observation;
  // Without evidence there is only the validator's word; it must not claim more than that.
  if (evidence === null) {
    return isProvable(outcome) ? { kind: "forged", due: null } : { kind: "holds" };
  }
  const asked = attachBodies(task, bodyOf);
  const answered = attachBodies(evidence, bodyOf);
  if (!asked.ok || !answered.ok) {
    const missing = [asked, answered].flatMap((part) => (part.ok ? [] : part.missing));
    return { kind: "missing", bodies: missing };
  }
  const due = workload.verify(asked.value, answered.value);
  return canonicalJson(due) === canonicalJson(outcome)
    ? { kind: "holds" }
    : { kind: "forged", due };
}

/** Whether two observations are of one task that was already over. */
export function isJudgedTwice(earlier: Observation, later: Observation): boolean {
  return isSettled(earlier.outcome) && taskOf(earlier) === taskOf(later);
}

/** Names a task. */
export function taskOf(task: {
  readonly run_id: string;
  readonly workload: string;
  readonly miner: string;
  readonly slot: number;
}): string {
  return `${task.run_id} ${task.workload} ${task.miner} ${task.slot}`;
}

/** Judges the recorded evidence again. */
export const checkVerdictForged: CheckClaim = (claim, accused, { verify, workloads }) => {
  const parsed = VerdictForged.safeParse(claim);
  if (!parsed.success) return malformed("not the evidence of a forged verdict");
  const { entry, earlier } = parsed.data;
  const binding = openHead(parsed.data.head, accused, verify);
  if (binding === null) return notProven("the head does not bind the validator");
  const read = (proven: ProvenEntry): Observation | null => {
    const decoded = isEntryOf(binding.head, proven) ? decodeEntry(proven.text) : null;
    if (decoded?.kind !== "observation" || decoded.run_id !== accused.runId) return null;
    return decoded.validator === accused.validator ? decoded : null;
  };
  const observation = read(entry);
  if (observation === null || observation.miner !== accused.miner) {
    return notProven("the head does not hold the observation");
  }
  if (earlier !== null) {
    const first = read(earlier);
    const isAgain = first !== null && earlier.index < entry.index;
    return isAgain && isJudgedTwice(first, observation)
      ? proven(binding.facts)
      : notProven("the task was not over before");
  }
  const audited = workloads.find(({ workload }) => workload.name === observation.workload);
  if (audited === undefined) return notProven(`nobody here knows ${observation.workload}`);
  const bodies = new Map(parsed.data.bodies.map(([hash, bytes]) => [hash, fromHex(bytes)]));
  const judged = judgeAgain(observation, audited, (hash) => bodies.get(hash));
  if (judged.kind === "missing") return notProven("a body is missing or altered");
  return judged.kind === "forged" ? proven(binding.facts) : notProven("the verdict holds");
};
