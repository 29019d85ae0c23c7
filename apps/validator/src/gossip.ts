import type { Chain } from "@neurond/chain";
import { commitmentsOf, type Sighting } from "@neurond/consensus";
import { verifySr25519Fast } from "@neurond/crypto";
import {
  checkReport,
  type FamilyId,
  isSoundReport,
  parseCommitment,
  readReportShape,
  type SignedReport,
  type Signer,
  scoresHash,
} from "@neurond/ledger";
import type { Hotkey, Netuid } from "@neurond/primitives";
import type { SeenCommitment } from "@neurond/store";
import { accuse, findFact } from "./accuse.ts";
import { fetchReport } from "./fetch-report.ts";
import { forEachLimited } from "./for-each-limited.ts";
import type { ValidatorMetrics } from "./metrics.ts";
import type { CommitmentIndex } from "./ports/commitment-index.ts";
import type { EvidenceStore } from "./ports/evidence-store.ts";
import type { ReportStore } from "./ports/report-store.ts";
import type { SnapshotNeuron } from "./ports/run-journal.ts";
import type { RunTimes } from "./run-plan.ts";
import type { Manners, Rules } from "./settings.ts";

/** What gathering reports needs. */
export interface GossipDeps {
  readonly chain: Chain;
  readonly netuid: Netuid;
  readonly signer: Signer;
  readonly self: Hotkey;
  readonly commitments: CommitmentIndex;
  readonly reports: ReportStore;
  readonly evidence: EvidenceStore;
  readonly metrics: ValidatorMetrics;
  readonly now: () => number;
}

/** One run and family, and whoever may have a report of it. */
export interface Round {
  readonly run: RunTimes;
  readonly familyId: FamilyId;
  readonly validators: readonly SnapshotNeuron[];
  readonly rules: Pick<Rules, "requireCommitment">;
  readonly manners: Pick<Manners, "gossipAtOnce" | "gossipTimeoutMs">;
}

/**
 * Asks every eligible validator for its report of a run, and one other peer for its copy: that
 * completes the view of whoever cannot be reached, and shows a validator that tells people
 * different things. One peer failing never stops the others. Returns how many reports are held.
 */
export async function gossip(deps: GossipDeps, round: Round, signal: AbortSignal): Promise<number> {
  const { run, familyId, manners } = round;
  const firsts = await firstCommitments(deps, round, signal);
  const held = new Set((await deps.reports.of(run.id, familyId)).map((kept) => kept.validator));
  const peers = round.validators.filter(({ hotkey }) => hotkey !== deps.self);
  const doubted = peers[Math.floor(Math.random() * peers.length)];
  await forEachLimited(peers, manners.gossipAtOnce, signal, async (peer) => {
    const copy = otherThan(peer, peers);
    // Of those already heard, one at a time is compared with what it told somebody else.
    const sources = held.has(peer.hotkey) ? (peer === doubted ? [copy] : []) : [peer, copy];
    for (const source of sources) {
      if (source === null || source.url === null) continue;
      const fetched = await fetchReport(
        {
          url: source.url,
          runId: run.id,
          familyId,
          timeoutMs: manners.gossipTimeoutMs,
          ...(source === peer ? {} : { of: peer.hotkey }),
        },
        signal,
      );
      if (fetched.kind === "absent") {
        deps.metrics.reportsDropped.inc({ reason: fetched.reason });
        continue;
      }
      const committed = firsts.get(peer.hotkey) ?? null;
      await judge(deps, round, peer.hotkey, fetched.text, committed, signal);
    }
  });
  return (await deps.reports.of(run.id, familyId)).length;
}

/** A peer that may hold a copy of another's report; null when there is none. */
function otherThan(peer: SnapshotNeuron, peers: readonly SnapshotNeuron[]): SnapshotNeuron | null {
  const others = peers.filter((other) => other !== peer && other.url !== null);
  return others[Math.floor(Math.random() * others.length)] ?? null;
}

/** Each validator's first commitment in time; one that changed its mind convicts itself. */
async function firstCommitments(
  deps: GossipDeps,
  { run, familyId }: Round,
  signal: AbortSignal,
): Promise<ReadonlyMap<Hotkey, Sighting>> {
  const seen = (await deps.commitments.ofRun(run.id)).filter(({ block }) => block < run.commitEnd);
  const { first, changed } = commitmentsOf(seen.flatMap(sightingOf), run.id);
  for (const [earlier, later] of changed) {
    await accuse(
      deps,
      { validator: earlier.validator, runId: run.id, familyId },
      {
        kind: "double_commit",
        prove: async () => ({
          kind: "double_commit",
          a: await findFact(deps.chain, deps.netuid, earlier, signal),
          b: await findFact(deps.chain, deps.netuid, later, signal),
        }),
      },
    );
  }
  return first;
}

function sightingOf({ hotkey, block, extrinsicIndex, fields }: SeenCommitment): Sighting[] {
  const { scores: commitment } = parseCommitment(fields);
  return commitment === undefined ? [] : [{ validator: hotkey, block, extrinsicIndex, commitment }];
}

/** Keeps a report that may be counted; one that contradicts its signer becomes evidence. */
async function judge(
  deps: GossipDeps,
  { run, familyId, rules }: Round,
  validator: Hotkey,
  text: string,
  committed: Sighting | null,
  signal: AbortSignal,
): Promise<void> {
  const checked = checkReport(text, {
    validator,
    runId: run.id,
    familyId,
    nowMs: deps.now(),
    verify: verifySr25519Fast,
    commitment: committed?.commitment ?? null,
    requireCommitment: rules.requireCommitment,
  });
  const about = { validator, runId: run.id, familyId };
  if (!checked.ok) {
    deps.metrics.reportsDropped.inc({ reason: checked.fault });
    const report = checked.fault === "COMMITMENT_MISMATCH" ? soundReport(text) : null;
    if (report === null || committed === null) return;
    await accuse(deps, about, {
      kind: "report_vs_commitment",
      prove: async () => ({
        kind: "report_vs_commitment",
        a: report,
        b: await findFact(deps.chain, deps.netuid, committed, signal),
      }),
    });
    return;
  }
  const { report } = checked;
  const arrival = await deps.reports.save({ ...about, hash: scoresHash(report), text });
  if (arrival !== "contradiction") return;
  const kept = await deps.reports.of(run.id, familyId);
  const other = kept.find((o) => o.validator === validator && o.hash !== scoresHash(report));
  const a = other === undefined ? null : soundReport(other.text);
  if (a !== null)
    await accuse(deps, about, {
      kind: "double_report",
      prove: async () => ({ kind: "double_report", a, b: report }),
    });
}

function soundReport(text: string): SignedReport | null {
  const shape = readReportShape(text);
  return shape.ok && isSoundReport(shape.report, verifySr25519Fast) ? shape.report : null;
}
