import type { Verify } from "@neurond/crypto";
import { isSignedBy } from "@neurond/ledger";
import { CodedError, canonicalJson, type Hotkey, readHotkey } from "@neurond/primitives";
import { DOMAIN, Statement, statementDigest } from "./statement.ts";

/** Why a statement is not to be believed. */
export type StatementFault = "SHAPE" | "SIGNATURE" | "AUDITOR" | "CONTRADICTION";

/** What a statement is worth by itself: its signature says who, never that it is true. */
export type StatementCheck =
  | { readonly kind: "sound"; readonly statement: Statement; readonly digest: string }
  | { readonly kind: "refused"; readonly fault: StatementFault; readonly reason: string };

/** Checks shape, signature and inner sums of a statement from anywhere. */
export function checkStatement(value: unknown, verify: Verify, auditor?: Hotkey): StatementCheck {
  const parsed = Statement.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refused("SHAPE", `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
  }
  const statement = parsed.data;
  const hotkey = readHotkey(statement.auditor);
  if (hotkey === null) return refused("SHAPE", "auditor: is no address");
  if (auditor !== undefined && hotkey !== auditor) {
    return refused("AUDITOR", `it is signed by ${hotkey}, not by ${auditor}`);
  }
  if (!isCanonical(statement)) return refused("SHAPE", "it holds numbers that are no integers");
  if (!isSignedBy(DOMAIN, statement, hotkey, verify)) {
    return refused("SIGNATURE", `the signature is not ${hotkey}'s over this text`);
  }
  const wrong = contradiction(statement);
  if (wrong !== null) return refused("CONTRADICTION", wrong);
  return { kind: "sound", statement, digest: statementDigest(statement) };
}

/** How two statements that should follow each other do not. */
export type ChainFault = "OTHER_AUDITOR" | "SEQUENCE" | "PREVIOUS";

/** Whether one sound statement is the next after another; null when it is. */
export function checkSuccession(before: Statement, after: Statement): ChainFault | null {
  if (before.auditor !== after.auditor) return "OTHER_AUDITOR";
  if (after.sequence !== before.sequence + 1) return "SEQUENCE";
  return after.previous === statementDigest(before) ? null : "PREVIOUS";
}

const WEEK_US = 168 * 3_600_000_000;

/** What the statement itself gives away: hours that it does not list, shares that are no shares. */
function contradiction(statement: Statement): string | null {
  const { entries, verified_hours: hours, as_of: asOf, scores, sequence, previous } = statement;
  if ((sequence === 0) !== (previous === null)) return "only the first has no predecessor";
  const verified = entries.filter(
    ({ verdict, start, end }) => verdict === "VERIFIED" && start >= asOf - WEEK_US && end <= asOf,
  );
  const starts = new Set(verified.map(({ start }) => start)).size;
  if (starts < hours) return `it counts ${hours} verified hours and lists ${starts}`;
  if (new Set(scores.map(({ hotkey }) => hotkey)).size < scores.length)
    return "a miner has two scores";
  const total = scores.reduce((sum, { score }) => sum + BigInt(score), 0n);
  for (const { hotkey, score, share } of scores) {
    // Rounded half to even: off by at most half of 10^-18.
    const exact = BigInt(score) * ONE;
    const gap = exact - BigInt(share) * total;
    if (2n * (gap < 0n ? -gap : gap) > total)
      return `the share of ${hotkey} is not that of its score`;
  }
  return null;
}

const ONE = 10n ** 18n;

function isCanonical(value: unknown): boolean {
  try {
    canonicalJson(value);
    return true;
  } catch (error) {
    if (error instanceof CodedError) return false;
    throw error;
  }
}

function refused(fault: StatementFault, reason: string): StatementCheck {
  return { kind: "refused", fault, reason };
}
