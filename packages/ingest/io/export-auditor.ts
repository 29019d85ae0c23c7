import type { RunJudgement } from "@neurond/audit";
import { MICROS_PER_HOUR, type Micros } from "@neurond/exports";
import { type Coverage, coverageOf } from "@neurond/incentive";
import {
  type AuditState,
  type ExportedRun,
  type ExportSource,
  entryFindings,
  type Finding,
  type FirstMethod,
  hasReached,
  isSettled,
  listingFindings,
  type Profile,
  profileOf,
  type ReconcileMode,
  type Retries,
  runFindings,
  type ScoreRun,
  selectEntries,
  type TrackedEntry,
  type TreeMode,
  type VerifyPolicy,
  verifiedSlices,
  type Witness,
  withdrawnFindings,
} from "@neurond/ingest";
import type { Hotkey } from "@neurond/primitives";
import { dropEndedBefore, dropEntry, loadedEntries, type Warehouse } from "@neurond/warehouse";
import { Continuity } from "./continuity/continuity.ts";
import { statedFindings } from "./continuity/stated-scoring.ts";
import { TreeReader } from "./continuity/tree-reader.ts";
import { advanceAll } from "./entries/advance-all.ts";
import { discard, ENTRY_LIMITS, type EntryLimits } from "./entries/steps.ts";
import { lateExclusions } from "./late-exclusions.ts";
import { ExportedRuns } from "./runs/exported-runs.ts";
import { compareMiners, type MinerAccount } from "./scores/compare-miners.ts";
import { fetchFeeds } from "./scores/fetch-feeds.ts";
import { scoreWindow } from "./scores/score-window.ts";
import type { ReadSubnet } from "./scores/subnet.ts";
import { hoursBefore, isWhole } from "./scores/window-hours.ts";

/** How a validator is audited. */
export interface AuditSettings {
  /** Where files are on their way into the window; this auditor's alone. */
  readonly directory: string;
  readonly limits: EntryLimits;
  readonly first: FirstMethod;
  readonly policy: VerifyPolicy;
  readonly retries: Retries;
  /** Whether the trees that reports of our superset state are computed again. */
  readonly tree: TreeMode;
  /** Entries in work at once; 4 to 8 keep line, disk and engine busy. */
  readonly atOnce: number;
  readonly reconcile: ReconcileMode;
  /** `auto`: the one that the newest report's generation follows. */
  readonly profile: Profile | "auto";
  readonly skipsMiners: boolean;
  readonly comparesCounters: boolean;
  /** How far back entries are followed. */
  readonly hours: number;
  readonly retentionHours: number;
}

/** A single look at everything that is listed, by the rules of the newest report. */
export const DEFAULT_SETTINGS: Omit<AuditSettings, "directory"> = {
  limits: ENTRY_LIMITS,
  first: "body",
  policy: "strict",
  retries: "at_once",
  tree: true,
  atOnce: 6,
  reconcile: "report",
  profile: "auto",
  skipsMiners: false,
  comparesCounters: false,
  hours: 169,
  retentionHours: 192,
};

/** Whose exports are audited, and with what. */
export interface ExportAuditorDeps {
  readonly validator: Hotkey;
  readonly source: ExportSource<AbortSignal>;
  readonly witness: Witness<AbortSignal>;
  readonly readSubnet: ReadSubnet;
  readonly state: AuditState;
  readonly warehouse: Warehouse;
  readonly settings: AuditSettings;
  /** By what rules runs of a validator of ours are recomputed; absent, none are. */
  readonly runRules?: RunJudgement;
  readonly now: () => number;
}

/** What one pass over a validator came to. */
export interface Cycle {
  readonly validator: Hotkey;
  /** Every entry that is followed, by time. */
  readonly entries: readonly TrackedEntry[];
  /** Entries that this pass loaded. */
  readonly loaded: number;
  /** Found now for the first time. */
  readonly fresh: readonly Finding[];
  /** The newest scores; null before any hour is verified. */
  readonly run: ScoreRun | null;
  /** Whether this pass computed them. */
  readonly isNewRun: boolean;
  /** Of the validator's verified hours. */
  readonly coverage: Coverage | null;
  readonly miners: readonly MinerAccount[];
  /** Runs of a validator of ours, each recomputed from its rows; oldest first. */
  readonly runs: readonly ExportedRun[];
  /** Those whose verdict this pass came to. */
  readonly freshRuns: readonly ExportedRun[];
}

/**
 * Audits what one validator exports, pass by pass: list, fetch, verify, load, score, compare. All that a
 * pass learns is kept; one that is interrupted anywhere is finished by the next.
 */
export class ExportAuditor {
  readonly #deps: ExportAuditorDeps;
  readonly #continuity: Continuity;
  readonly #trees = new TreeReader();
  readonly #runs: ExportedRuns | null;

  constructor(deps: ExportAuditorDeps) {
    this.#deps = deps;
    const { directory } = deps.settings;
    this.#continuity = new Continuity({ ...deps, directory });
    this.#runs = deps.runRules
      ? new ExportedRuns({ ...deps, directory, rules: deps.runRules })
      : null;
  }

  /** One pass. @throws CodedError of the listing, of the stores, and of the chain when scores are due */
  async pass(signal: AbortSignal): Promise<Cycle> {
    const { source, validator, state, settings } = this.#deps;
    const now = this.#deps.now() * 1_000;
    const listing = await source.listing(signal);
    const listed = selectEntries(listing.entries, { validator, ...settings, now });
    await state.track(listed.entries);
    if (listed.newest !== null) await this.#forget(listed.newest);
    const before = await this.#agreeWithWindow();
    const due = before.filter((entry) => !isSettled(entry));
    const deps = { ...this.#deps, ...settings, trees: this.#trees };
    const advanced = await advanceAll(deps, due, settings, signal);
    const loaded = advanced.filter((entry) => hasReached(entry, "LOADED")).length;
    const fromListing = await state.addFindings(listingFindings(validator, listing, now));
    const scored = await this.#score(listed.isCut, signal);
    const entries = await state.entries(validator);
    const judged = (await this.#runs?.judge(entries, signal)) ?? { runs: [], fresh: [] };
    const found = [
      ...entryFindings(validator, entries),
      ...withdrawnFindings(validator, entries, listing.entries),
      ...(await lateExclusions(this.#deps.warehouse, validator)),
      ...(await this.#continuity.findings(entries, signal)),
      ...runFindings(judged.runs),
    ];
    const fresh = [...fromListing, ...(await state.addFindings(found)), ...scored.fresh];
    const run = scored.run ?? (await state.latestScores(validator));
    return {
      validator,
      entries,
      loaded,
      fresh,
      run,
      isNewRun: scored.run !== null,
      coverage: run && coverageOf(verifiedSlices(entries, validator), run.asOf),
      runs: judged.runs,
      freshRuns: judged.fresh,
      miners: run && scored.run ? await this.#compareMiners(entries, run) : [],
    };
  }

  /** Retention: what ended too long before the newest slice, with its files and rows. */
  async #forget(newest: Micros): Promise<void> {
    const { state, validator, warehouse, settings } = this.#deps;
    const before = newest - settings.retentionHours * MICROS_PER_HOUR;
    for (const entryId of await state.forget(validator, before)) {
      await discard(settings, { entryId });
    }
    await dropEndedBefore(warehouse, before);
  }

  /**
   * State and window are two stores, and either may be lost or restored: what the window lacks is loaded
   * again, what it holds without an entry that may be in it is dropped.
   */
  async #agreeWithWindow(): Promise<readonly TrackedEntry[]> {
    const { state, validator, warehouse } = this.#deps;
    const entries = await state.entries(validator);
    const held = new Set((await loadedEntries(warehouse)).map(({ entryId }) => entryId));
    const agreed: TrackedEntry[] = [];
    for (const entry of entries) {
      const isLost = hasReached(entry, "LOADED") && !held.has(entry.entryId);
      const kept: TrackedEntry = isLost ? { ...entry, step: "LISTED", nextTryMs: 0 } : entry;
      if (isLost) await state.save(kept);
      agreed.push(kept);
    }
    const allowed = new Set(
      entries.filter((entry) => hasReached(entry, "CHAIN_VERIFIED")).map(({ entryId }) => entryId),
    );
    for (const entryId of held) if (!allowed.has(entryId)) await dropEntry(warehouse, entryId);
    return agreed;
  }

  async #score(
    isCut: boolean,
    signal: AbortSignal,
  ): Promise<{ readonly run: ScoreRun | null; readonly fresh: readonly Finding[] }> {
    const { state, validator, warehouse, settings, source, readSubnet, now } = this.#deps;
    const entries = await state.entries(validator);
    const own = entries.filter(
      (entry) => entry.reporter === "validator" && hasReached(entry, "LOADED"),
    );
    const newest = own.at(-1);
    const isScored = own.every(({ step }) => step === "SCORED");
    if (newest === undefined || (isScored && (await state.latestScores(validator)) !== null))
      return { run: null, fresh: [] };
    const feeds = await fetchFeeds(source, validator, settings.reconcile, signal);
    const subnet = await readSubnet(validator, signal);
    await state.saveNodes(subnet.netuid, subnet.nodes);
    if (feeds.gpuCounts !== null) await state.saveGpuCounts(validator, feeds.gpuCounts);
    const task = {
      validator,
      profile:
        settings.profile === "auto" ? profileOf(newest.generation ?? "g3") : settings.profile,
      // The window counts whole hours; of one that is not over yet there is what there is.
      asOf: Math.ceil(newest.endTime / MICROS_PER_HOUR) * MICROS_PER_HOUR,
      hours: hoursBefore(verifiedSlices(entries, validator), newest.endTime),
      mode: settings.reconcile,
      isCut,
      isWhole: !isCut && isWhole(entries),
      nowMs: now(),
    };
    const { run, findings } = await scoreWindow(warehouse, task, feeds, subnet);
    await state.saveScores(run);
    await state.markScored(validator);
    const slices = verifiedSlices(entries, validator);
    const stated = await statedFindings(settings.directory, newest, run, slices);
    return { run, fresh: await state.addFindings([...feeds.findings, ...findings, ...stated]) };
  }

  async #compareMiners(
    entries: readonly TrackedEntry[],
    run: ScoreRun,
  ): Promise<readonly MinerAccount[]> {
    const { warehouse, settings } = this.#deps;
    if (settings.skipsMiners) return [];
    return await compareMiners(warehouse, entries, run.asOf, settings.comparesCounters);
  }
}
