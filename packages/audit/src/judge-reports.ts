import type { CommitmentFact } from "@neurond/consensus";
import {
  checkReport,
  commitmentOf,
  type FamilyId,
  type SignedReport,
  scoresHash,
} from "@neurond/ledger";
import { commitmentTo, scoresOnChain } from "./anchors.ts";
import { isSame } from "./claims/contradiction.ts";
import { findingOf, type ValidatorAudit } from "./context.ts";
import type { Finding } from "./finding.ts";

/** What a validator's reports of a run come to. */
export interface JudgedReports {
  readonly findings: readonly Finding[];
  /** The report each family is judged by: the one that counts, else any sound one. */
  readonly sound: ReadonlyMap<FamilyId, SignedReport>;
  /** Reports that count for the weights. */
  readonly counted: ReadonlyMap<FamilyId, SignedReport>;
  /** The commitment that the counted reports keep. */
  readonly commitment: CommitmentFact | null;
}

/** Judges what was served as a validator's reports, against its signature and its commitment. */
export function judgeReports(audit: ValidatorAudit): JudgedReports {
  const { about, run, rules } = audit;
  const onChain = scoresOnChain(about.commitments, about.hotkey, run);
  const findings: Finding[] = [];
  const sound = new Map<FamilyId, SignedReport>();
  const counted = new Map<FamilyId, SignedReport>();
  if (onChain.changed !== null) {
    const [a, b] = onChain.changed;
    const text = `committed twice to ${run.id}, in blocks ${a.block} and ${b.block}`;
    findings.push(findingOf(audit, "EQUIVOCATION", text, { kind: "double_commit", a, b }));
  }
  if (onChain.late !== null) {
    const commitment = onChain.late;
    const text = `committed in block ${commitment.block}, ${run.commitEnd} is too late`;
    const claim = { commitment, rules: rules.text };
    findings.push(findingOf(audit, "COMMITMENT_LATE", text, claim));
  }
  for (const family of rules.families.keys()) {
    const { reports, faults } = offered(audit, family);
    const [first] = reports;
    if (first === undefined) {
      findings.push(missing(audit, family, faults, onChain.inTime));
      continue;
    }
    const kept = reports.filter((report) => keeps(report, onChain.inTime, audit));
    const [kept0, kept1] = kept;
    sound.set(family, kept0 ?? first);
    if (kept0 !== undefined && kept1 === undefined) counted.set(family, kept0);
    const second = reports.find((report) => scoresHash(report) !== scoresHash(first));
    if (second !== undefined) {
      const text = `signed two different reports of ${family}`;
      const claim = { kind: "double_report", a: first, b: second };
      findings.push(findingOf(audit, "EQUIVOCATION", text, claim));
    } else if (kept0 === undefined && onChain.inTime !== null) {
      const claim = { report: first, commitment: onChain.inTime };
      const text = `report of ${family} is not the one committed to in block ${onChain.inTime.block}`;
      findings.push(findingOf(audit, "REPORT_VS_COMMITMENT", text, claim));
    } else if (kept0 === undefined && onChain.late === null) {
      const unkept = [{ from: about.hotkey, reason: "NEVER_COMMITTED" }];
      findings.push(missing(audit, family, unkept, null));
    }
  }
  return { findings, sound, counted, commitment: onChain.inTime };
}

type Fault = { readonly from: string; readonly reason: string };

/** Sound reports of a family, one for each map of scores, and why other texts are none. */
function offered(
  { about, run, facts, verify }: ValidatorAudit,
  familyId: FamilyId,
): { readonly reports: readonly SignedReport[]; readonly faults: readonly Fault[] } {
  const reports = new Map<string, SignedReport>();
  const faults: Fault[] = [...about.silent];
  for (const { familyId: family, from, text } of about.reports) {
    if (family !== familyId) continue;
    const checked = checkReport(text, {
      validator: about.hotkey,
      runId: run.id,
      familyId,
      nowMs: facts.nowMs,
      verify,
      commitment: null,
      requireCommitment: false,
    });
    if (!checked.ok) faults.push({ from, reason: checked.fault });
    // Salt and hash go together, so reports of one map with different salts are told apart here.
    else reports.set(`${scoresHash(checked.report)} ${checked.report.salt}`, checked.report);
  }
  return { reports: [...reports.values()], faults };
}

/** Whether a report counts beside the first commitment in time. */
function keeps(
  report: SignedReport,
  inTime: CommitmentFact | null,
  { run, rules }: ValidatorAudit,
): boolean {
  if (inTime === null) return !rules.text.require_commitment;
  const committed = commitmentTo(inTime, run.id);
  return committed !== null && isSame(commitmentOf(report), committed);
}

function missing(
  audit: ValidatorAudit,
  family: FamilyId,
  asked: readonly Fault[],
  commitment: CommitmentFact | null,
): Finding {
  const why = commitment === null ? "and committed to none" : "that it committed to";
  const text = `no report of ${family} was to be had ${why}`;
  return findingOf(audit, "REPORT_MISSING", text, { family_id: family, asked, commitment });
}
