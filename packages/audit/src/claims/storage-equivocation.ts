import { decodeEntry, isEntryOf } from "@neurond/ledger";
import { canonicalJson, type Hotkey } from "@neurond/primitives";
import {
  DOCUMENT,
  isEquivocation,
  readStatement,
  STATEMENT_RECORDS,
  type StatementKind,
  type StatementRecord,
  statementOfRecord,
  subjectOf,
} from "@neurond/workload-storage";
import { z } from "zod";
import { Head, openHead } from "../heads.ts";
import { ProvenEntry } from "../segment.ts";
import {
  type Accused,
  type CheckClaim,
  type Judge,
  malformed,
  notProven,
  proven,
  type Verdict,
} from "./claim.ts";

const KINDS = Object.keys(STATEMENT_RECORDS) as [StatementKind, ...StatementKind[]];

/** Two statements of one kind that one key signed about one thing. */
const TwoStatements = z.strictObject({ kind: z.enum(KINDS), a: z.unknown(), b: z.unknown() });

/** A plan is not signed by itself: a head that its validator is bound by vouches for it. */
const LoggedPlan = z.strictObject({ head: Head, entry: ProvenEntry });
const TwoPlans = z.strictObject({ kind: z.literal("plan"), a: LoggedPlan, b: LoggedPlan });
export type TwoPlans = z.infer<typeof TwoPlans>;

/** Two statements in the form that stands in evidence. */
export function claimOfTwo(a: StatementRecord, b: StatementRecord) {
  return { kind: a.kind, a: a.said, b: b.said };
}

/** Whether two records prove that one key said two things, and whose key it is; null when not. */
export function contradictor(
  a: StatementRecord,
  b: StatementRecord,
  verify: Judge["verify"],
): Hotkey | null {
  const [one, other] = [statementOfRecord(a), statementOfRecord(b)];
  return isEquivocation(one, other, verify) ? subjectOf(one.statement).signer : null;
}

/** The pair of signed statements of a validator is the whole proof; of plans, with their heads. */
export const checkStorageEquivocation: CheckClaim = (claim, accused, judge) => {
  const plans = TwoPlans.safeParse(claim);
  return plans.success
    ? checkPlans(plans.data, accused, judge)
    : checkTwo(claim, accused.validator, judge);
};

/** The pair of signed answers of a miner is the whole proof. */
export const checkAnswerEquivocation: CheckClaim = (claim, { miner }, judge) =>
  miner === null ? malformed("no miner is accused") : checkTwo(claim, miner, judge);

function checkTwo(claim: unknown, accused: Hotkey, { verify }: Judge): Verdict {
  const parsed = TwoStatements.safeParse(claim);
  if (!parsed.success) return malformed("not two statements");
  const { kind } = parsed.data;
  const [a, b] = [readStatement(kind, parsed.data.a), readStatement(kind, parsed.data.b)];
  if (a === null || b === null) return malformed(`not two statements of kind ${kind}`);
  const signer = contradictor(a, b, verify);
  if (signer === null) return notProven("the two do not contradict");
  return signer === accused ? proven() : notProven("another key signed them");
}

function checkPlans({ a, b }: TwoPlans, accused: Accused, judge: Judge): Verdict {
  const [one, other] = [openPlan(a, accused, judge), openPlan(b, accused, judge)];
  if (one === null || other === null) return notProven("a head does not hold its plan");
  if (one.runId !== other.runId) return notProven("the plans are of two runs");
  if (one.text === other.text) return notProven("the two plans are the same");
  return proven([...one.facts, ...other.facts]);
}

function openPlan(
  { head, entry }: z.infer<typeof LoggedPlan>,
  accused: Accused,
  { verify }: Judge,
) {
  const binding = openHead(head, accused, verify);
  if (binding === null || !isEntryOf(binding.head, entry)) return null;
  const found = decodeEntry(entry.text);
  if (found?.kind !== "document" || found.type !== DOCUMENT.plan) return null;
  const isTheirs = found.validator === accused.validator && found.netuid === accused.netuid;
  const text = canonicalJson(found.body);
  return isTheirs ? { runId: found.run_id, text, facts: binding.facts } : null;
}
