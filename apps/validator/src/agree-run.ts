import {
  aggregate,
  commitmentsOf,
  eligibleStakes,
  minersOf,
  type Payout,
  payProportionally,
  sortReports,
  viewRoot,
  weightVector,
} from "@neurond/consensus";
import {
  commitmentOf,
  type FamilyId,
  parseCommitment,
  readReportShape,
  type SignedReport,
  scoresHash,
} from "@neurond/ledger";
import { type Hotkey, type Micro, toMicro, type Uid } from "@neurond/primitives";
import type { SeenCommitment } from "@neurond/store";
import type { Decision, FamilyDecision, RunFacts, SnapshotNeuron } from "./ports/run-journal.ts";
import type { RunTimes } from "./run-plan.ts";
import type { Rules } from "./settings.ts";
import { electorsOf } from "./snapshot.ts";
import type { Validator } from "./validator.ts";

/** Turns what was heard of a run into the weights it comes to, and keeps the decision. */
export async function agreeRun(validator: Validator, run: RunTimes): Promise<void> {
  const { stores, rules, identity, workloads, log, metrics } = validator;
  const facts = await stores.journal.read(run.index, ["frozen", "snapshot", "unmet"]);
  const { snapshot } = facts;
  if (snapshot === undefined) return;
  const commitments = await stores.commitments.ofRun(run.id);
  const before = (await stores.journal.latest("agreed"))?.fact;
  const families: Record<string, FamilyDecision> = {};
  for (const { family } of workloads) {
    const kept = await stores.reports.of(run.id, family);
    const texts = [ownReport(facts, family), ...kept.map(({ text }) => text)];
    const reports = texts.flatMap((text) => {
      const shape = readReportShape(text ?? "");
      return shape.ok ? [shape.report] : [];
    });
    const unmet = facts.unmet?.[family] ?? [];
    const heard = { run, family, reports, unmet, commitments, neurons: snapshot.neurons };
    const decision = decide(heard, rules, identity.hotkey, before?.families[family]);
    families[family] = decision;
    for (const reason of decision.misses) metrics.quorumMisses.inc({ reason });
  }
  const weights = vectorOf(families, rules, snapshot.neurons);
  await stores.journal.write(run.index, "agreed", { families, weights });
  await stores.bodies.forgetExpired(validator.now());
  const held = Object.entries(families).filter(([, { kind }]) => kind === "held");
  if (held.length > 0) metrics.consecutiveMisses.inc();
  else metrics.consecutiveMisses.set(0);
  log.info({ runId: run.id, families, miners: weights.length }, "weights decided");
}

/** All that the decision on one family depends on. */
export interface Heard {
  readonly run: RunTimes;
  readonly family: FamilyId;
  /** Checked reports, one's own among them. */
  readonly reports: readonly SignedReport[];
  /** Whose reports do not count, because of what they logged. */
  readonly unmet: readonly Hotkey[];
  readonly commitments: readonly SeenCommitment[];
  readonly neurons: readonly SnapshotNeuron[];
}

/**
 * Decides on one family. Pure: whoever has the chain and the reports comes to the same. Without a
 * quorum what was decided before is held, and without that everything burns.
 */
export function decide(
  heard: Heard,
  rules: Rules,
  self: Hotkey,
  before: FamilyDecision | undefined,
): FamilyDecision {
  const { run, family, neurons } = heard;
  const electors = electorsOf(neurons);
  const stakes = eligibleStakes(electors, rules.minStakeRao);
  const counted = heard.reports.filter(
    (report) => !heard.unmet.includes(report.validator_hotkey) && isCommitted(report, heard, rules),
  );
  const { reports } = sortReports(counted);
  const { quorum, medians, insufficientCoverage } = aggregate({
    stakes,
    reports: new Map([...reports].map(([hotkey, { scores }]) => [hotkey, scores])),
    candidates: minersOf(electors, rules.minStakeRao),
    self,
    rules: rules.quorum,
  });
  const hashes = [...reports].filter(([hotkey]) => stakes.has(hotkey));
  const view = {
    runId: run.id,
    familyId: family,
    close: run.close,
    stakes,
    reports: new Map(hashes.map(([hotkey, report]) => [hotkey, scoresHash(report)])),
  };
  return {
    kind: quorum.holds ? "agreed" : "held",
    misses: quorum.misses,
    shares: quorum.holds ? [...medians] : (before?.shares ?? []),
    insufficientCoverage,
    viewRoot: viewRoot(view),
    heardRao: quorum.heard.toString(),
    eligibleRao: quorum.total.toString(),
  };
}

/** Whether a report is the one its validator committed to in time; the first commitment counts. */
function isCommitted(report: SignedReport, { run, commitments }: Heard, rules: Rules): boolean {
  const sightings = commitments.flatMap(({ hotkey, block, extrinsicIndex, fields }) => {
    const { scores: commitment } = parseCommitment(fields);
    if (commitment === undefined || block >= run.commitEnd) return [];
    return [{ validator: hotkey, block, extrinsicIndex, commitment }];
  });
  const first = commitmentsOf(sightings, run.id).first.get(report.validator_hotkey);
  if (first === undefined) return !rules.requireCommitment;
  const due = commitmentOf(report);
  return first.commitment.hash === due.hash && first.commitment.version === due.version;
}

/** The vector of all families, by the hotkeys that held the uids when the run closed. */
export function vectorOf(
  families: Decision["families"],
  rules: Pick<Rules, "families">,
  neurons: readonly SnapshotNeuron[],
): Decision["weights"] {
  const uids = new Map(neurons.map(({ hotkey, uid }) => [hotkey, uid]));
  const hotkeys = new Map<Uid, Hotkey>(neurons.map(({ hotkey, uid }) => [uid, hotkey]));
  const payouts = [...rules.families].map(([family, weight]): Payout => {
    const shares = families[family]?.shares ?? [];
    const medians = shares.map(([hotkey, share]): [Hotkey, Micro] => [hotkey, toMicro(share)]);
    return payProportionally(weight, new Map(medians));
  });
  return weightVector(payouts, uids).weights.flatMap(({ uid, value }) => {
    const hotkey = hotkeys.get(uid);
    return hotkey === undefined ? [] : [[hotkey, value] as const];
  });
}

function ownReport({ frozen }: RunFacts, family: FamilyId): string | undefined {
  return frozen?.reports[family];
}
