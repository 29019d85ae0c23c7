import { fromHex } from "@neurond/primitives";
import {
  CommitmentRecord,
  checkReveal,
  isPeriodSigned,
  type Period,
  RevealRecord,
  revealDue,
} from "@neurond/workload-storage/sweep";
import { z } from "zod";
import {
  type Accused,
  asserted,
  type CheckClaim,
  type Judge,
  malformed,
  notProven,
  proven,
} from "./claim.ts";

/** What was committed to, and what was revealed. */
export const KeyWrong = z.strictObject({ commitment: CommitmentRecord, reveal: RevealRecord });

/** What was committed to, and the final block at which no secret was in the log. */
export const KeyWithheld = z.strictObject({
  commitment: CommitmentRecord,
  block: z.int().min(0),
});

/** The validator signed both, and they do not fit. */
export const checkKeyWrong: CheckClaim = (claim, accused, judge) => {
  const parsed = KeyWrong.safeParse(claim);
  if (!parsed.success) return malformed("not a commitment and a secret");
  const { commitment, reveal } = parsed.data;
  const period = committedPeriod(commitment, accused, judge);
  if (period === null) return notProven("the validator did not commit to this");
  const isSame = reveal.period === period.period && reveal.blocks === period.blocks;
  const secret = fromHex(reveal.secret);
  const said = { kind: "reveal", period, secret } as const;
  if (!isSame || !isPeriodSigned(said, fromHex(reveal.signature), judge.verify)) {
    return notProven("the validator did not reveal this for the period");
  }
  return checkReveal(period, fromHex(commitment.commitment), secret) === "KEY_WRONG"
    ? proven()
    : notProven("the secret is the one committed to");
};

/** That the secret is due is proven; that nobody was shown it is not. */
export const checkKeyWithheld: CheckClaim = (claim, accused, judge) => {
  const parsed = KeyWithheld.safeParse(claim);
  if (!parsed.success) return malformed("not a withheld secret");
  const { commitment, block } = parsed.data;
  const period = committedPeriod(commitment, accused, judge);
  if (period === null) return notProven("the validator did not commit to this");
  return block >= revealDue(period.period, period.blocks)
    ? asserted()
    : notProven("the secret was not due yet");
};

/** The period that a validator committed to; null when the accused did not. */
export function committedPeriod(
  { netuid, validator, period, blocks, commitment, signature }: CommitmentRecord,
  accused: Accused,
  { verify }: Judge,
): Period | null {
  if (validator !== accused.validator || netuid !== accused.netuid) return null;
  const named = { netuid, validator, period, blocks };
  const said = { kind: "commitment", period: named, commitment: fromHex(commitment) } as const;
  return isPeriodSigned(said, fromHex(signature), verify) ? named : null;
}
