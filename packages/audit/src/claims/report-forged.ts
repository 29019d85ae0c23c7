import { type Document, parseLogCommitment, type SignedReport, scoreRun } from "@neurond/ledger";
import type { Hotkey, RunId } from "@neurond/primitives";
import { z } from "zod";
import { Fact, soundReport } from "../heads.ts";
import { OpenSegment, type PlacedEntry, Segment } from "../segment.ts";
import type { AuditedWorkload } from "../workload.ts";
import { type CheckClaim, malformed, notProven, proven } from "./claim.ts";

/**
 * The report, and the whole record between the plan's anchor and the head that the report signs; where
 * scores follow from planned documents too, between the anchor before the run and that head.
 */
export const ReportForged = z.strictObject({
  report: z.unknown(),
  /** The anchor of the plan; null when the segment begins with the log. */
  plan: Fact.nullable(),
  /** The anchor at which the segment begins, null at the log's beginning; absent: at the plan's. */
  base: z.exactOptional(Fact.nullable()),
  segment: Segment,
  min_tasks: z.int().min(1),
});

/** One score that is not what the record says. */
export interface ScoreDifference {
  readonly miner: Hotkey;
  readonly reported: number | null;
  readonly recorded: number | null;
}

/**
 * Where a report differs from the outcomes its validator recorded. Verdicts are taken as recorded
 * here: whether they hold is another question, with another finding.
 */
export function scoreDifferences(
  report: SignedReport,
  entries: readonly PlacedEntry[],
  { workload }: AuditedWorkload,
  minTasks: number,
  planned: readonly PlacedEntry[] = [],
): readonly ScoreDifference[] {
  const judged = entries.flatMap(({ entry }) =>
    entry?.kind === "observation" && isOf(entry, report.run_id, workload.name) ? [entry] : [],
  );
  const documents = documentsOf(planned, report.run_id);
  const { scores, taskCounts } = scoreRun(workload, judged, minTasks, documents);
  const compared = [
    { said: report.scores, due: scores as ReadonlyMap<Hotkey, number> },
    ...(report.task_counts ? [{ said: report.task_counts, due: taskCounts }] : []),
  ];
  const differences = new Map<Hotkey, ScoreDifference>();
  for (const { said, due } of compared) {
    for (const miner of new Set([...(Object.keys(said) as Hotkey[]), ...due.keys()])) {
      const reported = (Object.hasOwn(said, miner) ? said[miner] : undefined) ?? null;
      const recorded = due.get(miner) ?? null;
      if (reported === recorded || differences.has(miner)) continue;
      differences.set(miner, { miner, reported, recorded });
    }
  }
  return [...differences.values()].sort((a, b) => (a.miner < b.miner ? -1 : 1));
}

/** The documents of a run among what was logged before its plan was anchored. */
export function documentsOf(planned: readonly PlacedEntry[], runId: RunId): readonly Document[] {
  return planned.flatMap(({ entry }) =>
    entry?.kind === "document" && entry.run_id === runId ? [entry] : [],
  );
}

function isOf(
  entry: { readonly run_id: RunId; readonly workload: string },
  runId: RunId,
  workload: string,
): boolean {
  return entry.run_id === runId && entry.workload === workload;
}

/** Scores the record again and compares. */
export const checkReportForged: CheckClaim = async (claim, accused, { verify, workloads }) => {
  const parsed = ReportForged.safeParse(claim);
  if (!parsed.success) return malformed("not the evidence of a forged report");
  const { plan, base = plan, segment } = parsed.data;
  const report = soundReport(parsed.data.report, accused.validator, verify);
  if (report === null || report.run_id !== accused.runId) return notProven("no sound report");
  const audited = workloads.find(({ family }) => family === report.family_id);
  if (audited === undefined) return notProven(`nobody here knows family ${report.family_id}`);
  const open = OpenSegment.open(segment);
  const { checkpoint } = report;
  if (open === null || checkpoint === undefined) return notProven("no record under the report");
  const [start, anchored] = [logAt(base), logAt(plan)];
  if (start === null || anchored === null || start.size !== open.from) {
    return notProven("the record begins elsewhere");
  }
  for (const { size, root } of [start, anchored]) {
    if (root !== null && (await open.rootAt(size)) !== root) {
      return notProven("what stands before the record is not what was anchored");
    }
  }
  const isWhole =
    open.size === checkpoint.size && (await open.rootAt(open.size)) === checkpoint.root;
  if (!isWhole) return notProven("the record is not the one the report signs");
  const planned = open.entries.filter(({ index }) => index < anchored.size);
  const after = open.entries.filter(({ index }) => index >= anchored.size);
  const differences = scoreDifferences(report, after, audited, parsed.data.min_tasks, planned);
  if (audited.workload.settlement !== undefined && parsed.data.base === undefined) {
    return notProven("scores of this family follow from what was planned, which is not shown");
  }
  if (differences.length === 0) return notProven("the report follows from the record");
  return proven(base === plan ? [plan] : [base, plan], [
    "the plan's anchor is the validator's last before the beacon",
    `miners are scored from ${parsed.data.min_tasks} settled tasks on`,
  ]);
};

function logAt(fact: z.infer<typeof Fact> | null) {
  return fact === null ? { size: 0, root: null } : parseLogCommitment(fact.payload);
}
