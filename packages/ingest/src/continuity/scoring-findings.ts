import { MICROS_PER_HOUR, type Micros, parseTimestamp, type StatedScoring } from "@neurond/exports";
import { compareExactly } from "@neurond/incentive";
import { type Finding, finding } from "../findings.ts";
import type { ScoreRun } from "../score-run.ts";

const WEEK_US = 168 * MICROS_PER_HOUR;
const MAX_NAMED = 5;

/** What the newest report of a validator of ours says that its shares follow from. */
export interface Stated {
  readonly entryId: string;
  readonly scoring: StatedScoring;
}

/** A time that was covered by verified reports. */
interface Span {
  readonly start: Micros;
  readonly end: Micros;
}

/**
 * Holds a run of scores against the inputs and scores that the validator committed to: digests table by
 * table, and scores to the last digit. Nothing follows from runs as of another moment, by other rules, with
 * feeds that overruled, or of a week with holes. The neurons are those of a block; where we read them at
 * another one they may honestly differ, and with them the scores.
 */
export function scoringFindings(
  run: ScoreRun,
  { entryId, scoring }: Stated,
  verified: readonly Span[],
): readonly Finding[] {
  const isSame =
    parseTimestamp(scoring.as_of) === run.asOf && scoring.profile === `${run.profile}/1`;
  if (!isSame || !run.isComplete || run.reconciled || !isWholeWeek(verified, run.asOf)) return [];
  const found: Finding[] = [];
  const differ = (subject: string, detail: string) => {
    const about = { subject, entryId, endTime: run.asOf };
    found.push(finding(run.source, "SCORING_INPUTS_DIFFER", about, detail));
  };
  const others = Object.keys(run.inputs).filter(
    (table) => scoring.inputs[table] !== run.inputs[table],
  );
  for (const table of others) {
    if (table === "members" && scoring.block !== run.block) continue;
    const text = `${run.inputs[table]} follows from its reports, it states ${scoring.inputs[table] ?? "none"}`;
    differ(table, `digest of ${table}: ${text}`);
  }
  // From other inputs follow other scores: that says no more.
  if (others.length > 0) return found;
  const ours = run.rows.filter(({ score }) => score > 0n);
  const unequal = compareExactly(
    new Map(ours.map(({ hotkey, score }) => [hotkey, score])),
    new Map(Object.entries(scoring.scores).map(([hotkey, score]) => [hotkey, BigInt(score)])),
  );
  if (unequal.length === 0) return found;
  const named = unequal
    .slice(0, MAX_NAMED)
    .map(({ key, ours: own, theirs }) => `${key} ${own ?? 0} and not ${theirs ?? 0}`);
  differ("scores", `from the very inputs follow other scores: ${named.join(", ")}`);
  return found;
}

/** Slices are equal parts of hours, so distinct ones have nothing in common. */
function isWholeWeek(verified: readonly Span[], asOf: Micros): boolean {
  const within = verified.filter(({ start, end }) => start >= asOf - WEEK_US && end <= asOf);
  const lengths = new Map(within.map(({ start, end }) => [start, end - start]));
  return [...lengths.values()].reduce((sum, length) => sum + length, 0) >= WEEK_US;
}
