import type { Agreement, ExportedRun, ScoreRun, TrackedEntry } from "@neurond/ingest";
import type { Cycle } from "@neurond/ingest/io";
import type { z } from "zod";
import type { AuditVerifyShape } from "./schemas.ts";

type Result = z.infer<typeof AuditVerifyShape>;
type Validator = Result["validators"][number];

/** Findings that say what could not be seen; all others above `info` say that something is wrong. */
const UNSEEN: readonly string[] = [
  "ENTRY_UNVERIFIABLE",
  "ENTRY_UNREACHABLE",
  "FEED_UNAVAILABLE",
  "RECONCILIATION_REFUSED",
];

/** What is wrong weighs more than what is missing. */
export function verdictOn(validators: readonly Validator[]): Result["verdict"] {
  const findings = validators.flatMap((validator) => validator.findings);
  const serious = findings.filter(({ severity }) => severity !== "info");
  if (serious.some(({ kind }) => !UNSEEN.includes(kind))) return "findings";
  const isShort = validators.some(({ hours }) => hours.verified < hours.asked);
  const isUnjudged = validators.some(({ runs }) =>
    runs.some(({ verdict }) => verdict === "unjudged"),
  );
  return serious.length > 0 || isShort || isUnjudged ? "incomplete" : "clean";
}

/** One validator's pass as it is printed. */
export async function describeCycle(
  name: string,
  source: string,
  asked: number,
  cycle: Cycle,
): Promise<Validator> {
  const { verdictLine, verdictOf, shareLines, verifiedSlices } = await import("@neurond/ingest");
  const { counterLine, coverageLine } = await import("@neurond/incentive");
  const { validator, entries, fresh, run, miners } = cycle;
  const slices = verifiedSlices(entries, validator);
  const counted = run === null ? { verified: 0, gaps: [] } : hoursOf(slices, run.asOf, asked);
  return {
    hotkey: validator,
    name,
    source,
    asOf: run === null ? null : iso(run.asOf),
    hours: { asked, verified: counted.verified },
    gaps: counted.gaps,
    entries: entries.map((entry) => describeEntry(entry, verdictOf(entry))),
    findings: fresh.map(({ kind, severity, subject, entryId, endTime, detail }) => ({
      kind,
      severity,
      subject,
      entry: entryId,
      end: endTime === null ? null : iso(endTime),
      detail,
    })),
    runs: cycle.runs.map((one) => describeExported(one, verdictLine(one.verdict))),
    scores: run && describeRun(run, (await import("@neurond/incentive")).toFixed),
    lines: [
      ...(run === null ? [] : shareLines(run)),
      ...miners.map(({ hotkey, coverage }) => coverageLine(hotkey, coverage)),
      ...miners.flatMap(({ hotkey, agreement }) =>
        agreement === null ? [] : [counterLine(hotkey, agreement)],
      ),
    ],
  };
}

function describeEntry(entry: TrackedEntry, verdict: string): Validator["entries"][number] {
  const { entryId, reporter, hotkey, block, startTime, endTime, verification } = entry;
  return {
    entry: entryId,
    reporter,
    hotkey,
    block,
    start: iso(startTime),
    end: iso(endTime),
    verdict,
    method: verification?.method ?? null,
    problem: entry.problem,
    detail: entry.detail,
  };
}

function describeExported(
  { runId, family, entryId, endTime, verdict }: ExportedRun,
  detail: string,
): Validator["runs"][number] {
  const differs = verdict.kind === "differs" ? verdict : null;
  return {
    run: runId,
    family,
    entry: entryId,
    end: iso(endTime),
    verdict: verdict.kind,
    field: differs?.field ?? null,
    stated: differs?.stated ?? null,
    recomputed: differs?.recomputed ?? null,
    rows: "rows" in verdict ? verdict.rows : null,
    detail,
  };
}

type ToFixed = (value: bigint, digits: number) => string;

function describeRun(run: ScoreRun, toFixed: ToFixed): NonNullable<Validator["scores"]> {
  const share = (value: bigint) => toFixed(value, 18);
  const optional = (value: bigint | null) => (value === null ? null : share(value));
  const comparison = (agreement: Agreement | null) =>
    agreement && {
      l1: share(agreement.l1),
      maxDelta: share(agreement.maxDelta),
      spearman: agreement.spearman,
      kendall: agreement.kendall,
      agrees: agreement.agrees,
    };
  return {
    profile: run.profile,
    inputs: run.inputsRoot,
    block: run.block,
    complete: run.isComplete,
    metagraph: comparison(run.metagraph),
    weights: comparison(run.weights),
    published: comparison(run.published),
    miners: run.rows.map((row) => ({
      hotkey: row.hotkey,
      uid: row.uid,
      share: share(row.share),
      actual: share(row.actual),
      weight: optional(row.weight),
      published: optional(row.published),
    })),
  };
}

const HOUR_US = 3_600_000_000;

/** How many of the hours asked for are verified, and the stretches that are not. */
function hoursOf(
  slices: readonly { readonly start: number; readonly end: number }[],
  asOf: number,
  asked: number,
) {
  const starts = new Set(slices.map(({ start }) => start));
  const hours = Array.from({ length: asked }, (_, index) => asOf - (asked - index) * HOUR_US);
  const missing = hours.filter((hour) => !starts.has(hour));
  const gaps: { start: string; end: string }[] = [];
  for (const hour of missing) {
    const [last, end] = [gaps.at(-1), iso(hour + HOUR_US)];
    if (last?.end === iso(hour)) last.end = end;
    else gaps.push({ start: iso(hour), end });
  }
  return { verified: asked - missing.length, gaps };
}

const iso = (micros: number): string => new Date(micros / 1_000).toISOString();
