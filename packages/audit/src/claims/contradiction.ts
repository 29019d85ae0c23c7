import type { CommitmentFact } from "@neurond/consensus";
import {
  commitmentOf,
  parseScoresCommitment,
  type ScoresCommitment,
  scoresHash,
} from "@neurond/ledger";
import { z } from "zod";
import { Fact, soundReport } from "../heads.ts";
import { type Accused, type CheckClaim, malformed, notProven, proven } from "./claim.ts";

/** Two reports, or two commitments, of one run. */
export const Equivocation = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("double_report"), a: z.unknown(), b: z.unknown() }),
  z.strictObject({ kind: z.literal("double_commit"), a: Fact, b: Fact }),
]);

/** A report, and the commitment it should be. */
export const ReportVsCommitment = z.strictObject({ report: z.unknown(), commitment: Fact });

/** Shows that one key said two things about one run. */
export const checkEquivocation: CheckClaim = (claim, accused, { verify }) => {
  const parsed = Equivocation.safeParse(claim);
  if (!parsed.success) return malformed("not the evidence of an equivocation");
  if (parsed.data.kind === "double_commit") {
    const { a, b } = parsed.data;
    const [first, second] = [commitmentIn(a, accused), commitmentIn(b, accused)];
    if (first === null || second === null) return notProven("not two commitments to the run");
    const isTwice = a.extrinsic_hash !== b.extrinsic_hash && !isSame(first, second);
    return isTwice ? proven([a, b]) : notProven("both commitments say the same");
  }
  const a = soundReport(parsed.data.a, accused.validator, verify);
  const b = soundReport(parsed.data.b, accused.validator, verify);
  if (a === null || b === null) return notProven("not two sound reports");
  const isOne = a.run_id === b.run_id && a.run_id === accused.runId && a.family_id === b.family_id;
  if (!isOne) return notProven("the reports are about different things");
  return scoresHash(a) === scoresHash(b) ? notProven("both reports say the same") : proven();
};

/** Shows that a signed report is not what was committed to first. */
export const checkReportVsCommitment: CheckClaim = (claim, accused, { verify }) => {
  const parsed = ReportVsCommitment.safeParse(claim);
  if (!parsed.success) return malformed("not a report beside a commitment");
  const report = soundReport(parsed.data.report, accused.validator, verify);
  const committed = commitmentIn(parsed.data.commitment, accused);
  if (report === null || report.run_id !== accused.runId) return notProven("no sound report");
  if (committed === null) return notProven("no commitment to the run");
  return isSame(commitmentOf(report), committed)
    ? notProven("the report is the one committed to")
    : proven([parsed.data.commitment], ["it is the validator's first commitment to the run"]);
};

function commitmentIn(fact: CommitmentFact, { runId }: Accused): ScoresCommitment | null {
  const commitment = parseScoresCommitment(fact.payload);
  return commitment?.runId === runId ? commitment : null;
}

/** Whether two commitments say the same. */
export function isSame(a: ScoresCommitment, b: ScoresCommitment): boolean {
  return a.runId === b.runId && a.version === b.version && a.hash === b.hash;
}
