import { distance } from "./distance.ts";
import type { Statement } from "./statement.ts";

/** One thing about which two auditors say different things. */
export interface Disagreement {
  readonly what: "profile" | "parameters" | "input" | "entry" | "scores";
  /** The table, the entry, or nothing. */
  readonly subject: string;
  readonly first: string;
  readonly second: string;
}

/** Two auditors on the same validator and hour. */
export interface Comparison {
  readonly auditors: readonly [string, string];
  /** Whether they scored the very same inputs; then scores must be equal to the last digit. */
  readonly sameInputs: boolean;
  /** Sum of absolute differences of shares, in 10^-18. */
  readonly l1: bigint;
  readonly disagreements: readonly Disagreement[];
}

/**
 * Holds statements of several auditors about the same validator and hour against each other, each against
 * the first; those about anything else are left out.
 */
export function compareStatements(statements: readonly Statement[]): readonly Comparison[] {
  const [first, ...others] = statements;
  if (first === undefined) return [];
  return others
    .filter(({ validator, as_of: asOf }) => validator === first.validator && asOf === first.as_of)
    .map((other) => compareTwo(first, other));
}

function compareTwo(a: Statement, b: Statement): Comparison {
  const sameInputs = a.inputs_root === b.inputs_root;
  const l1 = distance(sharesOf(a), sharesOf(b));
  const scores: Disagreement[] =
    l1 === 0n ? [] : [{ what: "scores", subject: "", first: topOf(a), second: topOf(b) }];
  const found = [
    ...differing("profile", { "": a.profile }, { "": b.profile }),
    ...differing("parameters", textOf(a.parameters), textOf(b.parameters)),
    ...differing("input", a.inputs, b.inputs),
    ...differing("entry", entriesOf(a), entriesOf(b)),
    ...scores,
  ];
  return { auditors: [a.auditor, b.auditor], sameInputs, l1, disagreements: found };
}

function differing(
  what: Disagreement["what"],
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): readonly Disagreement[] {
  const subjects = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return subjects
    .map((subject) => ({ what, subject, first: a[subject] ?? "-", second: b[subject] ?? "-" }))
    .filter(({ first, second }) => first !== second);
}

/** What was seen of each entry; by what it was verified may differ between honest auditors. */
function entriesOf({ entries }: Statement): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entries.map(({ entry_id, verdict, digest }) => [entry_id, `${verdict} ${digest ?? "-"}`]),
  );
}

function textOf(parameters: unknown): Readonly<Record<string, string>> {
  if (typeof parameters !== "object" || parameters === null) return {};
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, JSON.stringify(value)]),
  );
}

function sharesOf({ scores }: Statement): ReadonlyMap<string, bigint> {
  return new Map(scores.map(({ hotkey, share }) => [hotkey, BigInt(share)]));
}

/** The miner with the largest share, for a line of a table. */
function topOf({ scores }: Statement): string {
  const [top] = scores.toSorted((a, b) => Number(BigInt(b.share) - BigInt(a.share)));
  return top === undefined ? "-" : `${top.hotkey} ${top.share}`;
}
