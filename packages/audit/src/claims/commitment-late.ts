import { parseScoresCommitment } from "@neurond/ledger";
import { z } from "zod";
import { Fact } from "../heads.ts";
import { RulesText, rulesStated } from "../rules.ts";
import { indexOfRun, timesOf } from "../run-times.ts";
import { type CheckClaim, malformed, notProven, proven } from "./claim.ts";

/** The first commitment to a run, and the rules that say until when. */
export const CommitmentLate = z.strictObject({ commitment: Fact, rules: RulesText });

/** Shows that a commitment stands in a block in which it no longer counts. */
export const checkCommitmentLate: CheckClaim = (claim, { runId }) => {
  const parsed = CommitmentLate.safeParse(claim);
  if (!parsed.success) return malformed("not the evidence of a late commitment");
  const { commitment, rules } = parsed.data;
  const index = indexOfRun(runId);
  if (index === null || parseScoresCommitment(commitment.payload)?.runId !== runId) {
    return notProven("no commitment to the run");
  }
  return commitment.block >= timesOf(index, rules).commitEnd
    ? proven(
        [commitment],
        ["it is the validator's first commitment to the run", rulesStated(rules)],
      )
    : notProven("the commitment is in time");
};
