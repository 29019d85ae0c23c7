import {
  bodiesOf,
  type FamilyId,
  type Observation,
  parseLogCommitment,
  type SignedReport,
} from "@neurond/ledger";
import { type Hotkey, toHex } from "@neurond/primitives";
import { isSettled } from "@neurond/workload";
import { writeBeacon } from "./beacon-text.ts";
import { gapsOf } from "./claims/record-incomplete.ts";
import { scoreDifferences } from "./claims/report-forged.ts";
import { judgeAgain, taskOf } from "./claims/verdict-forged.ts";
import { findingOf, type ValidatorAudit } from "./context.ts";
import type { AnswerCount } from "./facts.ts";
import type { Finding } from "./finding.ts";
import type { JudgedLog } from "./judge-log.ts";
import { plannedTasks } from "./planned-tasks.ts";
import type { PlacedEntry } from "./segment.ts";

type RecordedRun = Extract<JudgedLog, { kind: "record" }>;

/** What a validator's record of a run comes to. */
export interface JudgedRecord {
  readonly findings: readonly Finding[];
  readonly counts: readonly AnswerCount[];
}

/** An observation of the run, with its place. */
interface Seen extends PlacedEntry {
  readonly entry: Observation;
}

/** Judges every observation of a run again, and the report by them. */
export async function judgeRecord(
  audit: ValidatorAudit,
  record: RecordedRun,
  reports: ReadonlyMap<FamilyId, SignedReport>,
): Promise<JudgedRecord> {
  const { plan } = record.anchors;
  const planned = plan === null ? null : parseLogCommitment(plan.payload);
  const until = record.open.entries.filter(({ index }) => index < record.end);
  const seen = until.filter((placed): placed is Seen => isOfRun(placed, audit));
  if (planned === null) {
    const [first] = seen;
    if (first === undefined) return { findings: [], counts: [] };
    return { findings: [await unanchored(audit, record, first, null)], counts: [] };
  }
  const logged = until.filter(({ index }) => index < planned.size);
  const after = seen.filter(({ index }) => index >= planned.size);
  const findings = await judgePlan(audit, record, logged, seen);
  // Tasks that the validator could choose prove nothing either way.
  if (findings.some(({ code }) => code === "PLAN_UNANCHORED")) return { findings, counts: [] };
  findings.push(...(await judgeVerdicts(audit, record, after)));
  for (const report of reports.values()) {
    const forged = await judgeScores(audit, record, report, after, logged);
    if (forged !== null) findings.push(forged);
  }
  return { findings, counts: countAnswers(audit.about.hotkey, after) };
}

function isOfRun({ entry }: PlacedEntry, { run, about }: ValidatorAudit): boolean {
  return (
    entry?.kind === "observation" && entry.run_id === run.id && entry.validator === about.hotkey
  );
}

async function judgePlan(
  audit: ValidatorAudit,
  record: RecordedRun,
  logged: readonly PlacedEntry[],
  seen: readonly Seen[],
): Promise<Finding[]> {
  const { facts, about, run } = audit;
  const who = { netuid: facts.netuid, validator: about.hotkey };
  for (const workload of audit.workloads) {
    const planned = plannedTasks(workload, run, who, facts.beacon, logged);
    if (planned === null) continue;
    const own = seen.filter(({ entry }) => entry.workload === workload.workload.name);
    const stray = own.find(({ entry }) => planned.get(taskOf(entry))?.(entry.task) !== true);
    if (stray !== undefined) return [await unanchored(audit, record, stray, logged)];
    const gaps = gapsOf(planned, own);
    if (gaps.length > 0) return [await incomplete(audit, record, gaps)];
  }
  return [];
}

async function unanchored(
  audit: ValidatorAudit,
  record: RecordedRun,
  { index, entry }: Seen,
  logged: readonly PlacedEntry[] | null,
): Promise<Finding> {
  const { anchors, open, head, end } = record;
  const { rules, facts, run } = audit;
  const claim = {
    rules: rules.text,
    head,
    entry: await open.prove(index, end),
    anchored:
      logged === null || facts.beacon === null
        ? null
        : {
            base: anchors.base,
            plan: anchors.plan,
            segment: await open.slice(open.from, open.from + logged.length),
            beacon: writeBeacon(facts.beacon),
          },
  };
  const text =
    logged === null
      ? `put tasks without anchoring their plan before block ${run.beacon}`
      : `put a task to ${entry.miner} that its anchored plan does not give`;
  return findingOf(audit, "PLAN_UNANCHORED", text, claim, entry.miner);
}

async function incomplete(
  audit: ValidatorAudit,
  { anchors, open, head, end }: RecordedRun,
  gaps: readonly string[],
): Promise<Finding> {
  const { rules, facts } = audit;
  const claim = {
    rules: rules.text,
    base: anchors.base,
    plan: anchors.plan,
    head,
    segment: await open.slice(open.from, end),
    beacon: facts.beacon === null ? null : writeBeacon(facts.beacon),
  };
  const text = `${gaps.length} planned tasks have no record, first ${gaps[0]}`;
  return findingOf(audit, "RECORD_INCOMPLETE", text, claim);
}

async function judgeVerdicts(
  audit: ValidatorAudit,
  { open, head, end }: RecordedRun,
  seen: readonly Seen[],
): Promise<readonly Finding[]> {
  const forged = new Map<Hotkey, Finding>();
  const settled = new Map<string, Seen>();
  let missing: Finding | null = null;
  for (const placed of seen) {
    await audit.breathe?.();
    const { index, entry } = placed;
    const proven = () => open.prove(index, end);
    const earlier = settled.get(taskOf(entry));
    if (earlier !== undefined && !forged.has(entry.miner)) {
      const first = await open.prove(earlier.index, end);
      const claim = { head, entry: await proven(), earlier: first, bodies: [] };
      const text = `slot ${entry.slot} of ${entry.miner} was judged again after it was over`;
      forged.set(entry.miner, findingOf(audit, "VERDICT_FORGED", text, claim, entry.miner));
    }
    if (isSettled(entry.outcome)) settled.set(taskOf(entry), placed);
    const audited = audit.workloads.find(({ workload }) => workload.name === entry.workload);
    if (audited === undefined) continue;
    const judged = judgeAgain(entry, audited, (hash) => audit.about.bodies.get(hash));
    const isAsked =
      judged.kind === "missing" && !judged.bodies.every((hash) => audit.about.unasked.has(hash));
    if (judged.kind === "missing" && isAsked && missing === null) {
      const claim = { head, entry: await proven(), sha256: judged.bodies };
      const text = `the answer of ${entry.miner} to slot ${entry.slot} was not served`;
      missing = findingOf(audit, "BODY_MISSING", text, claim, entry.miner);
    }
    if (judged.kind === "forged" && !forged.has(entry.miner)) {
      const claim = { head, entry: await proven(), earlier: null, bodies: bodiesFor(audit, entry) };
      const due = judged.due === null ? "cannot be shown" : `comes to ${textOf(judged.due)}`;
      const text = `recorded ${textOf(entry.outcome)} for ${entry.miner}, the evidence ${due}`;
      forged.set(entry.miner, findingOf(audit, "VERDICT_FORGED", text, claim, entry.miner));
    }
  }
  return [...forged.values(), ...(missing === null ? [] : [missing])];
}

function textOf(outcome: { readonly kind: string; readonly reason?: string }): string {
  return outcome.reason === undefined ? outcome.kind : `${outcome.kind} ${outcome.reason}`;
}

function bodiesFor({ about }: ValidatorAudit, { task, evidence }: Observation) {
  return [...bodiesOf(task), ...bodiesOf(evidence)].flatMap((hash) => {
    const body = about.bodies.get(hash);
    return body === undefined ? [] : [[hash, toHex(body)] as const];
  });
}

async function judgeScores(
  audit: ValidatorAudit,
  { anchors, open, end }: RecordedRun,
  report: SignedReport,
  seen: readonly Seen[],
  logged: readonly PlacedEntry[],
): Promise<Finding | null> {
  const { rules, workloads } = audit;
  const audited = workloads.find(({ family }) => family === report.family_id);
  if (audited === undefined || report.checkpoint === undefined) return null;
  const upTo = seen.filter(({ index }) => index < (report.checkpoint?.size ?? end));
  const differences = scoreDifferences(report, upTo, audited, rules.minTasks, logged);
  const [first] = differences;
  if (first === undefined) return null;
  const needsPlan = audited.workload.settlement !== undefined;
  const from = open.from + (needsPlan ? 0 : logged.length);
  const claim = {
    report,
    plan: anchors.plan,
    ...(needsPlan && { base: anchors.base }),
    segment: await open.slice(from, report.checkpoint.size),
    min_tasks: rules.minTasks,
  };
  const more = differences.length > 1 ? `, and ${differences.length - 1} more` : "";
  const text = `reported ${first.reported} for ${first.miner}, its own record says ${first.recorded}${more}`;
  return findingOf(audit, "REPORT_FORGED", text, claim, first.miner);
}

function countAnswers(validator: Hotkey, seen: readonly Seen[]): readonly AnswerCount[] {
  return seen.flatMap(({ entry }) => {
    const { kind } = entry.outcome;
    if (kind === "unknown" || kind === "contained") return [];
    const offline = kind === "offline" ? 1 : 0;
    return [{ validator, miner: entry.miner, offline, answered: 1 - offline }];
  });
}
