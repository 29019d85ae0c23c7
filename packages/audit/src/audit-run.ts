import { type CommitmentFact, checkEvidence as checkPublished } from "@neurond/consensus";
import { type FamilyId, type SignedReport, scoresHash } from "@neurond/ledger";
import type { Hotkey, RunId } from "@neurond/primitives";
import { checkEquivocation, checkReportVsCommitment } from "./claims/contradiction.ts";
import { type AuditTools, findingOf, type ValidatorAudit } from "./context.ts";
import type { AnswerCount, Incumbents, RunFacts } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { judgeLog } from "./judge-log.ts";
import { judgeRecord } from "./judge-record.ts";
import { type JudgedReports, judgeReports } from "./judge-reports.ts";
import { judgeStatements } from "./judge-statements.ts";
import { judgeWeights, type WeightsState } from "./judge-weights.ts";
import { addCounts, rateDifferences } from "./offline-rates.ts";
import { type Agreement, agreementOf, eligibleOf } from "./recompute.ts";
import { indexOfRun, timesOf } from "./run-times.ts";
import { auditedStorage } from "./storage.ts";
import { withholdsSecret } from "./unmet-condition.ts";

/** How a validator comes off: the worst that holds. */
export type Standing = "ok" | "missing" | "mismatch" | "equivocated";

/** One validator's part in the result. */
export interface ValidatorResult {
  readonly standing: Standing;
  readonly weights: WeightsState;
  /** Hash of the scores of each report that counted, by family. */
  readonly reports: ReadonlyMap<FamilyId, string>;
}

/** What the audit of a run comes to. */
export interface RunAudit {
  readonly runId: RunId;
  readonly findings: readonly Finding[];
  readonly agreement: Agreement;
  readonly validators: ReadonlyMap<Hotkey, ValidatorResult>;
  /** For the rates of later runs. */
  readonly counts: readonly AnswerCount[];
  /** What the next run holds when it has no quorum. */
  readonly incumbents: Incumbents | null;
  /** Weights under a time lock were still closed: the run wants another look. */
  readonly isPending: boolean;
}

/**
 * Audits one run of all its validators. Pure: everything it looks at is in the facts, so the same
 * facts give the same findings, and each finding's claim can be checked without any of them.
 */
export async function auditRun(facts: RunFacts, tools: AuditTools): Promise<RunAudit> {
  const { rules } = tools;
  const run = timesOf(indexOfRun(facts.runId) ?? 0, rules.text);
  const stakes = eligibleOf(facts.snapshot, rules.minStakeRao);
  const eligible = facts.validators.filter(({ hotkey }) => stakes.has(hotkey));
  const audits = eligible.map((about): ValidatorAudit => ({ ...tools, run, facts, about }));

  const findings: Finding[] = [];
  const counts: AnswerCount[] = [];
  const judged = new Map<Hotkey, JudgedReports>();
  const withholding = new Set<Hotkey>();
  for (const audit of audits) {
    await tools.breathe?.();
    const reports = judgeReports(audit);
    judged.set(audit.about.hotkey, reports);
    findings.push(...reports.findings);
    const log = await judgeLog(audit, reports.sound);
    findings.push(...log.findings);
    if (log.kind === "none") continue;
    if (withholdsSecret(audit, log, reports.commitment)) withholding.add(audit.about.hotkey);
    const record = await judgeRecord(audit, log, reports.sound);
    findings.push(...record.findings);
    findings.push(...(await judgeStatements(audit, log)));
    counts.push(...record.counts);
  }
  findings.push(...(await republish(audits, findings)));
  findings.push(...offlineFindings(audits, [...facts.history, ...counts]));

  const all = reportsOf(judged, new Set());
  const reports = reportsOf(judged, withholding);
  const { snapshot, previous } = facts;
  const input = { run, rules, snapshot, reports, previous };
  const commitments = new Map<Hotkey, CommitmentFact | null>(
    [...judged].map(([hotkey, { commitment }]) => [hotkey, commitment]),
  );
  const states = new Map<Hotkey, WeightsState>();
  for (const audit of audits) {
    const due = judgeWeights(audit, input, commitments);
    // Whoever could not read a log that withholds a secret rightly counted its report.
    const lenient =
      withholding.size > 0 && due.state === "mismatch"
        ? judgeWeights(audit, { ...input, reports: all }, commitments)
        : due;
    const { state, findings: found } = lenient.state === "ok" ? lenient : due;
    states.set(audit.about.hotkey, state);
    findings.push(...found);
  }
  const agreement = agreementOf(input, someReporter(reports) ?? eligible[0]?.hotkey ?? NOBODY);
  const validators = new Map(
    eligible.map(({ hotkey }) => {
      const weights = states.get(hotkey) ?? "unknown";
      const own = judged.get(hotkey)?.counted ?? new Map<FamilyId, SignedReport>();
      const hashes = new Map([...own].map(([family, report]) => [family, scoresHash(report)]));
      const mine = findings.filter(({ validator }) => validator === hotkey);
      const standing = standingOf(mine, weights, own.size > 0);
      return [hotkey, { standing, weights, reports: hashes }];
    }),
  );
  return {
    runId: run.id,
    findings: hasBegun(facts, judged)
      ? findings
      : findings.filter(({ code }) => code !== "REPORT_MISSING"),
    agreement,
    validators,
    counts: addCounts(counts),
    incumbents: incumbentsOf(agreement, previous),
    isPending: [...states.values()].includes("pending"),
  };
}

/** Before the first validator of a subnet commits to anything, nobody owes a report. */
const hasBegun = (
  { previous, validators }: RunFacts,
  judged: ReadonlyMap<Hotkey, JudgedReports>,
): boolean =>
  previous !== null ||
  [...judged.values()].some(({ commitment }) => commitment !== null) ||
  validators.some(({ reports }) => reports.length > 0);

/** Stands for a validator where a subnet has none; it reports nothing. */
const NOBODY = "" as Hotkey;

const STORAGE = auditedStorage().family;

/** The reports that count; of those who withhold a secret all but the ones on storage. */
function reportsOf(
  judged: ReadonlyMap<Hotkey, JudgedReports>,
  withholding: ReadonlySet<Hotkey>,
): ReadonlyMap<FamilyId, ReadonlyMap<Hotkey, SignedReport>> {
  const reports = new Map<FamilyId, Map<Hotkey, SignedReport>>();
  for (const [hotkey, { counted }] of judged) {
    for (const [family, report] of counted) {
      if (family === STORAGE && withholding.has(hotkey)) continue;
      const known = reports.get(family) ?? new Map<Hotkey, SignedReport>();
      reports.set(family, known.set(hotkey, report));
    }
  }
  return reports;
}

/** The view of a validator that has reported: what everybody should come to. */
function someReporter(
  reports: ReadonlyMap<FamilyId, ReadonlyMap<Hotkey, SignedReport>>,
): Hotkey | undefined {
  return [...reports.values()].flatMap((byValidator) => [...byValidator.keys()]).sort()[0];
}

function standingOf(
  findings: readonly Finding[],
  weights: WeightsState,
  hasReport: boolean,
): Standing {
  const codes = new Set(findings.map(({ code }) => code));
  if (codes.has("EQUIVOCATION") || codes.has("REPORT_VS_COMMITMENT")) return "equivocated";
  if (weights === "mismatch") return "mismatch";
  return weights === "missing" || !hasReport ? "missing" : "ok";
}

function incumbentsOf({ families, weights }: Agreement, previous: Incumbents | null) {
  if (weights === null) return previous;
  const shares = new Map(
    [...families].map(([family, { shares }]) => [family, shares ?? new Map()]),
  );
  return { shares, weights };
}

/** Evidence that validators publish about each other, checked anew and told once. */
async function republish(
  audits: readonly ValidatorAudit[],
  known: readonly Finding[],
): Promise<readonly Finding[]> {
  const [first] = audits;
  if (first === undefined) return [];
  const found: Finding[] = [];
  for (const item of first.facts.published) {
    if (!checkPublished(item, first.verify).proven) continue;
    const { kind, validator_hotkey, run_id, a, b } = item as Readonly<Record<string, unknown>>;
    const audit = audits.find(({ about }) => about.hotkey === validator_hotkey);
    if (audit === undefined || run_id !== audit.run.id) continue;
    const accused = { netuid: audit.facts.netuid, runId: audit.run.id, miner: null };
    const isBroken = kind === "report_vs_commitment";
    const code = isBroken ? "REPORT_VS_COMMITMENT" : "EQUIVOCATION";
    const claim = isBroken ? { report: a, commitment: b } : { kind, a, b };
    const check = isBroken ? checkReportVsCommitment : checkEquivocation;
    const verdict = await check(claim, { ...accused, validator: audit.about.hotkey }, audit);
    const isKnown = [...known, ...found].some(
      (finding) => finding.code === code && finding.validator === audit.about.hotkey,
    );
    // A commitment alone proves nothing before it is found on chain: ours were found there.
    if (verdict.kind !== "proven" || isKnown || !areOnChain(verdict.facts, audit)) continue;
    found.push(findingOf(audit, code, `published evidence: ${String(kind)}`, claim));
  }
  return found;
}

function areOnChain(facts: readonly CommitmentFact[], { about }: ValidatorAudit): boolean {
  return facts.every((fact) =>
    about.commitments.some(
      ({ block, extrinsic_hash, payload }) =>
        block === fact.block && extrinsic_hash === fact.extrinsic_hash && payload === fact.payload,
    ),
  );
}

function offlineFindings(
  audits: readonly ValidatorAudit[],
  counts: readonly AnswerCount[],
): readonly Finding[] {
  const summed = addCounts(counts);
  return rateDifferences(summed).flatMap((difference) => {
    const { validator, miner, offline, asked, othersOffline, othersAsked } = difference;
    const audit = audits.find(({ about }) => about.hotkey === validator);
    if (audit === undefined) return [];
    const rows = summed.filter((count) => count.miner === miner);
    const claim = {
      counts: rows.map((row) => ({
        validator: row.validator,
        offline: row.offline,
        answered: row.answered,
      })),
    };
    const text = `calls ${miner} offline ${offline} of ${asked} times, others ${othersOffline} of ${othersAsked}`;
    return [findingOf(audit, "OFFLINE_RATE_DIFFERS", text, claim, miner)];
  });
}
