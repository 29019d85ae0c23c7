import { setImmediate } from "node:timers/promises";
import {
  type AuditTools,
  auditRun,
  evidenceName,
  type Incumbents,
  type RunAudit,
  type RunTimes,
  sealEvidence,
  stateAudit,
  timesOf,
} from "@neurond/audit";
import type { Chain } from "@neurond/chain";
import { type FamilyId, type Signer, toFamilyId } from "@neurond/ledger";
import { type BlockNumber, type Hotkey, type Netuid, parseHotkey } from "@neurond/primitives";
import { auditPeriods } from "./audit-periods.ts";
import type { AuditStore, KeptFinding, KeptRun } from "./audit-store.ts";
import type { BadTagInbox } from "./bad-tag-directory.ts";
import { CommitmentIndex } from "./commitment-index.ts";
import { fetchFacts, type Manners } from "./fetch-facts.ts";
import { type LogIndexes, NO_INDEXES } from "./log-indexes.ts";

/** What an auditor works with. */
export interface AuditorDeps {
  readonly chain: Chain;
  readonly netuid: Netuid;
  readonly tools: AuditTools;
  readonly manners: Manners;
  readonly store: AuditStore;
  /** Signs statements and evidence; null leaves them unsigned. */
  readonly signer: Signer | null;
  /** Blocks after weights may be set at which a run is looked at first. */
  readonly marginBlocks: number;
  /** Earlier runs whose offline rates count. */
  readonly historyRuns: number;
  /** Runs that are made up for after a pause; older ones are skipped. */
  readonly catchUpRuns: number;
  readonly now: () => number;
  /** Proofs of wrong tags; none when absent. */
  readonly badTags?: BadTagInbox;
  /** What is kept of validators' logs between periods; nothing when absent: they are read anew. */
  readonly logs?: LogIndexes;
}

/** A run as it was audited just now. */
export interface AuditedRun {
  readonly kept: KeptRun;
  readonly audit: RunAudit;
  readonly findings: readonly KeptFinding[];
  /** Those among them that no earlier look at the run had found. */
  readonly fresh: readonly KeptFinding[];
}

/** Audits runs one after the other and keeps what comes out. */
export class Auditor {
  readonly #deps: AuditorDeps;
  readonly #commitments: CommitmentIndex;
  readonly #logs: LogIndexes;

  constructor(deps: AuditorDeps) {
    this.#deps = deps;
    this.#logs = deps.logs ?? NO_INDEXES;
    this.#commitments = new CommitmentIndex(deps.chain, deps.netuid);
  }

  /**
   * Indexes of the runs to look at, oldest first: those that can be judged and were not, and those
   * whose weights were still open. What is too far behind is skipped, never queued.
   */
  async due(finalized: BlockNumber): Promise<readonly number[]> {
    const { store, catchUpRuns } = this.#deps;
    const latest = this.latestJudgeable(finalized);
    if (latest === null) return [];
    const oldest = Math.max(0, latest - catchUpRuns + 1);
    const due: number[] = [];
    for (let index = oldest; index <= latest; index += 1) {
      const kept = await store.readRun(index);
      if (kept === null || kept.isPending) due.push(index);
    }
    return due;
  }

  /** The newest run whose weights may be on chain; null before the first. */
  latestJudgeable(finalized: BlockNumber): number | null {
    const { tools, marginBlocks } = this.#deps;
    const { text } = tools.rules;
    const ripe = finalized - text.reveal_window - marginBlocks;
    const index = Math.floor(ripe / text.blocks) - 1;
    return index < 0 ? null : index;
  }

  /** Audits one run and keeps the result. */
  async audit(index: number, finalized: BlockNumber, signal: AbortSignal): Promise<AuditedRun> {
    const { chain, netuid, tools, manners, store, now } = this.#deps;
    const run = timesOf(index, tools.rules.text);
    await this.#commitments.read(this.#oldestFor(index, finalized), finalized, signal);
    const request = {
      chain,
      netuid,
      rules: tools.rules,
      manners,
      run,
      finalized,
      commitments: this.#commitments.byHotkey(),
      history: await this.#history(index),
      previous: incumbentsOf(await this.#before(index)),
      now,
    };
    const facts = await fetchFacts(request, signal);
    const breathing = { ...tools, breathe: setImmediate };
    const judged = await auditRun(facts, breathing);
    const { validators } = facts;
    const badTags = (await this.#deps.badTags?.waiting()) ?? [];
    const about = { chain, netuid, tools: breathing, manners, run, finalized, validators };
    const periods = await auditPeriods({ ...about, badTags, logs: this.#logs }, signal);
    const audit = { ...judged, findings: [...judged.findings, ...periods.findings] };
    const known = new Set((await store.readRun(index))?.findings);
    const result = this.#sealed(run, audit, facts.snapshot);
    await store.saveRun(result.kept, result.findings);
    await this.#deps.badTags?.done(periods.seen);
    return { ...result, fresh: result.findings.filter(({ name }) => !known.has(name)) };
  }

  /** The anchor before a run stands in the run before it, or in the one before that. */
  #oldestFor(index: number, finalized: BlockNumber): number {
    const { tools, catchUpRuns } = this.#deps;
    const latest = this.latestJudgeable(finalized) ?? index;
    const first = Math.min(index, Math.max(0, latest - catchUpRuns + 1));
    return timesOf(Math.max(0, first - 2), tools.rules.text).start;
  }

  #sealed(run: RunTimes, audit: RunAudit, snapshot: Parameters<typeof stateAudit>[1]["snapshot"]) {
    const { netuid, signer: auditor, now } = this.#deps;
    const auditedMs = now();
    const findings = audit.findings.map((finding): KeptFinding => {
      const evidence = sealEvidence(finding, { netuid, foundMs: auditedMs, auditor });
      return { name: evidenceName(evidence), evidence };
    });
    const shares = audit.incumbents === null ? null : sharesOf(audit.incumbents);
    const kept: KeptRun = {
      index: run.index,
      statement: stateAudit(audit, { netuid, snapshot, auditor }),
      isPending: audit.isPending,
      auditedMs,
      counts: audit.counts,
      shares,
      findings: [...new Set(findings.map(({ name }) => name))],
    };
    return { kept, audit, findings };
  }

  async #before(index: number): Promise<KeptRun | null> {
    return index === 0 ? null : this.#deps.store.readRun(index - 1);
  }

  async #history(index: number) {
    const { store, historyRuns } = this.#deps;
    const kept: KeptRun[] = [];
    for (let at = Math.max(0, index - historyRuns); at < index; at += 1) {
      const run = await store.readRun(at);
      if (run !== null) kept.push(run);
    }
    return kept.flatMap(({ counts }) => counts);
  }
}

function sharesOf({ shares }: Incumbents): KeptRun["shares"] {
  return [...shares].map(([family, byMiner]) => [family, [...byMiner]] as const);
}

function incumbentsOf(kept: KeptRun | null): Incumbents | null {
  if (kept === null || kept.shares === null || kept.statement.weights === null) return null;
  const shares = kept.shares.map(([family, byMiner]): [FamilyId, Map<Hotkey, number>] => [
    toFamilyId(family),
    new Map(byMiner.map(([hotkey, share]) => [parseHotkey(hotkey), share])),
  ]);
  const weights = kept.statement.weights.map(
    ([hotkey, value]) => [parseHotkey(hotkey), value] as const,
  );
  return { shares: new Map(shares), weights };
}
