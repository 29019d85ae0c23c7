import { judgeRows, judgeSlices, type RunJudgement, type RunSlice } from "@neurond/audit";
import { runUuid, type Statement } from "@neurond/exports";
import {
  type AuditState,
  type ExportedRun,
  exportedRunKey,
  hasReached,
  statedRun,
  type TrackedEntry,
  verdictOf,
} from "@neurond/ingest";
import type { Hotkey } from "@neurond/primitives";
import { imageRows, type Warehouse } from "@neurond/warehouse";
import { keptClaims } from "../continuity/kept-claims.ts";
import { keptImages } from "./kept-images.ts";

/** Whose runs are judged, and from what. */
export interface ExportedRunsDeps {
  readonly validator: Hotkey;
  /** Where reports are kept. */
  readonly directory: string;
  readonly state: Pick<AuditState, "exportedRuns" | "saveExportedRuns">;
  readonly warehouse: Warehouse;
  readonly rules: RunJudgement;
  readonly now: () => number;
}

/** What runs of a validator come to. */
export interface JudgedRuns {
  /** All of its runs that are known, oldest first. */
  readonly runs: readonly ExportedRun[];
  /** Those whose verdict is another than before. */
  readonly fresh: readonly ExportedRun[];
}

/** A slice at hand; of its runs only the names are held, scores stay in the report. */
interface HeldSlice extends RunSlice {
  readonly entry: TrackedEntry;
  readonly runs: readonly Pick<ExportedRun, "runId" | "family">[];
}

/** A validator has a run an hour or so of a few workloads; who states more is not listened to. */
const MAX_RUNS = 1_000;

/**
 * Recomputes runs of validators of ours from exported rows alone. A run is judged when all of its rows are at
 * hand, and again only when a later slice has rows of it too.
 */
export class ExportedRuns {
  readonly #deps: ExportedRunsDeps;
  /** Null: an entry of somebody else's making, which states no runs. */
  readonly #slices = new Map<string, HeldSlice | null>();
  #judged: Map<string, ExportedRun> | null = null;
  /** Ids of the slices that were at hand the last time. */
  #looked = "";

  constructor(deps: ExportedRunsDeps) {
    this.#deps = deps;
  }

  /** Looks at what is verified and loaded now. @throws CodedError of the stores */
  async judge(entries: readonly TrackedEntry[], signal: AbortSignal): Promise<JudgedRuns> {
    const { state, validator } = this.#deps;
    this.#judged ??= new Map(
      (await state.exportedRuns(validator)).map((run) => [exportedRunKey(run), run]),
    );
    this.#forget(entries);
    const slices = await this.#read(entries);
    const fresh: ExportedRun[] = [];
    const looked = slices.map(({ entry: { entryId } }) => entryId).join(" ");
    // Nothing new can be said of the same slices.
    for (const slice of looked === this.#looked ? [] : slices) {
      const due = slice.runs.filter((run) => this.#isDue({ ...slice.entry, ...run }, slices));
      if (due.length === 0) continue;
      signal.throwIfAborted();
      fresh.push(...(await this.#judgeSlice(slice, due, slices)));
    }
    const changed = fresh.filter((run) => {
      const known = this.#judged?.get(exportedRunKey(run));
      return JSON.stringify(known?.verdict) !== JSON.stringify(run.verdict);
    });
    await state.saveExportedRuns(changed);
    this.#looked = looked;
    for (const run of fresh) this.#judged.set(exportedRunKey(run), run);
    const runs = [...this.#judged.values()].sort((a, b) => a.endTime - b.endTime);
    return { runs, fresh: changed };
  }

  #isDue(run: Pick<ExportedRun, "entryId" | "runId" | "family">, slices: readonly HeldSlice[]) {
    const known = this.#judged?.get(exportedRunKey(run));
    if (known === undefined || known.verdict.kind === "not_whole") return true;
    const image = runUuid(this.#deps.validator, run.runId);
    return slices.some(({ entry, images }) => entry.endTime > known.asOf && images.has(image));
  }

  async #judgeSlice(
    { entry }: HeldSlice,
    due: readonly Pick<ExportedRun, "runId" | "family">[],
    slices: readonly HeldSlice[],
  ): Promise<readonly ExportedRun[]> {
    const { validator, directory, warehouse, rules, now } = this.#deps;
    const stated = (await keptClaims(directory, entry))?.statement?.runs ?? [];
    const wanted = new Set(due.map((run) => exportedRunKey({ ...entry, ...run })));
    const asOf = Math.max(...slices.map(({ entry: { endTime } }) => endTime));
    const judged: ExportedRun[] = [];
    for (const run of stated) {
      const named = statedRun(entry, run);
      if (!wanted.has(exportedRunKey(named))) continue;
      const image = runUuid(validator, run.run_id);
      const holding = slices.filter(({ images }) => images.has(image));
      const ids = holding.map(({ entry: { entryId } }) => entryId);
      const verdict =
        judgeSlices(validator, run, slices) ??
        (await judgeRows(validator, run, imageRows(warehouse, ids, image), rules));
      judged.push({ ...named, verdict, asOf, judgedMs: now() });
    }
    return judged;
  }

  /** Slices at hand in the order of the log, each read once. */
  async #read(entries: readonly TrackedEntry[]): Promise<readonly HeldSlice[]> {
    const { validator, directory, warehouse } = this.#deps;
    const own = entries.filter(
      (entry) =>
        entry.reporter === "validator" &&
        entry.hotkey === validator &&
        hasReached(entry, "LOADED") &&
        verdictOf(entry) === "VERIFIED",
    );
    const statements = new Map<TrackedEntry, Statement>();
    for (const entry of own.filter(({ entryId }) => !this.#slices.has(entryId))) {
      const claims = await keptClaims(directory, entry);
      if (claims === undefined) continue;
      if (claims?.statement) statements.set(entry, claims.statement);
      else this.#slices.set(entry.entryId, null);
    }
    const ids = [...statements.keys()].map(({ entryId }) => entryId);
    const images = await keptImages(warehouse, directory, ids);
    for (const [entry, { log, runs }] of statements) {
      const { entryId } = entry;
      const names = runs
        .slice(0, MAX_RUNS)
        .map(({ run_id: runId, family_id: family }) => ({ runId, family }));
      const held = { entry, log, images: images.get(entryId) ?? new Set(), runs: names };
      this.#slices.set(entryId, held);
    }
    return own
      .flatMap(({ entryId }) => this.#slices.get(entryId) ?? [])
      .sort((a, b) => a.log.from - b.log.from);
  }

  #forget(entries: readonly TrackedEntry[]): void {
    const kept = new Set(entries.map(({ entryId }) => entryId));
    for (const entryId of this.#slices.keys()) if (!kept.has(entryId)) this.#slices.delete(entryId);
    for (const [key, { entryId }] of this.#judged ?? [])
      if (!kept.has(entryId)) this.#judged?.delete(key);
  }
}
