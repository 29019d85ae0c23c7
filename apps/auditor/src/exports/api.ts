import type { AuditStore } from "@neurond/audit/io";
import { coverageOf, toFixed } from "@neurond/incentive";
import {
  type Agreement,
  type AuditState,
  hasReached,
  type TrackedEntry,
  verdictOf,
  verifiedSlices,
} from "@neurond/ingest";
import { CodedError } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import { z } from "zod";
import type { AuditorCode } from "../errors.ts";
import { serveExportedRuns } from "./runs-api.ts";
import type { WatchedValidator } from "./watched-validator.ts";

/** What serving verdicts on exports needs. */
export interface ExportApiDeps {
  readonly validators: readonly WatchedValidator[];
  readonly state: AuditState;
  /** Audits of runs by their logs, which say what counted. */
  readonly store: Pick<AuditStore, "readRun">;
}

const limit = z.coerce.number().int().min(1).max(5_000).default(500);
const who = z.object({ validator: z.string().max(100) });

/** Serves verdicts, coverage and scores of audited exports, read-only. Shares are decimal text. */
export function serveExports(app: App, { validators, state, store }: ExportApiDeps): void {
  const find = (named: string): WatchedValidator => {
    const found = validators.find(({ name, setting }) => [name, setting.hotkey].includes(named));
    if (found !== undefined) return found;
    throw new CodedError<AuditorCode>("VALIDATOR_UNKNOWN", "no validator of the list is called so");
  };
  serveExportedRuns(app, { find, state, store });
  app.get(
    "/v1/validators",
    { schema: { summary: "Validators whose exports are audited, and how they stand" } },
    async () => ({ validators: await Promise.all(validators.map((one) => standing(one))) }),
  );
  app.get(
    "/v1/validators/:validator/entries",
    {
      schema: {
        summary: "Verdicts on the newest entries",
        params: who,
        querystring: z.object({ limit, reporter: z.enum(["validator", "miner"]).optional() }),
      },
    },
    async ({ params, query }) => {
      const entries = await state.entries(find(params.validator).setting.hotkey);
      const wanted = entries.filter(
        ({ reporter }) => query.reporter === undefined || reporter === query.reporter,
      );
      return { entries: wanted.toReversed().slice(0, query.limit).map(describeEntry) };
    },
  );
  app.get(
    "/v1/validators/:validator/findings",
    {
      schema: {
        summary: "What was found, newest first",
        params: who,
        querystring: z.object({ limit }),
      },
    },
    async ({ params, query }) => {
      const found = await state.findings(find(params.validator).setting.hotkey, query.limit);
      return { findings: found.map(({ endTime, ...rest }) => ({ ...rest, end: iso(endTime) })) };
    },
  );
  app.get(
    "/v1/validators/:validator/coverage",
    { schema: { summary: "Which hours of the last week are covered, by reporter", params: who } },
    async ({ params }) => coverage(find(params.validator)),
  );
  app.get(
    "/v1/validators/:validator/scores",
    { schema: { summary: "The newest scores and what they are compared with", params: who } },
    async ({ params }) => scores(find(params.validator)),
  );
}

async function standing(validator: WatchedValidator) {
  const { name, setting, last, cycle } = validator;
  const audited = await validator.audited();
  const entries = audited?.entries ?? [];
  return {
    name,
    hotkey: setting.hotkey,
    url: setting.url,
    as_of: audited && iso(audited.run.asOf),
    verified_hours: audited?.run.hours ?? 0,
    entries: countBy(entries, verdictOf),
    runs: countBy(cycle?.runs ?? [], ({ verdict }) => verdict.kind),
    looked_at: last && new Date(last.endedMs).toISOString(),
    problem: last?.problem ?? null,
  };
}

async function coverage(validator: WatchedValidator) {
  const audited = await validator.audited();
  if (audited === null) throw unscored();
  const { run, entries } = audited;
  const { hotkey } = validator.setting;
  const loaded = entries.filter((entry) => hasReached(entry, "LOADED"));
  const miners = Map.groupBy(
    loaded.filter(({ reporter }) => reporter === "miner"),
    (entry) => entry.hotkey,
  );
  const slicesOf = (own: readonly TrackedEntry[]) =>
    own.map(({ startTime: start, endTime: end }) => ({ start, end }));
  return {
    as_of: iso(run.asOf),
    validator: { hotkey, ...describeCoverage(verifiedSlices(entries, hotkey), run.asOf) },
    miners: [...miners].map(([miner, own]) => ({
      hotkey: miner,
      ...describeCoverage(slicesOf(own), run.asOf),
    })),
  };
}

type Slices = readonly { readonly start: number; readonly end: number }[];

function describeCoverage(slices: Slices, asOf: number) {
  const { gaps, overlaps, ...rest } = coverageOf(slices, asOf);
  const spans = (list: Slices) =>
    list.map(({ start, end }) => ({ start: iso(start), end: iso(end) }));
  return { ...rest, gaps: spans(gaps), overlaps: spans(overlaps) };
}

async function scores(validator: WatchedValidator) {
  const audited = await validator.audited();
  if (audited === null) throw unscored();
  const { run } = audited;
  const share = (value: bigint | null) => (value === null ? null : toFixed(value, 18));
  const comparison = (agreement: Agreement | null) =>
    agreement && { ...agreement, l1: share(agreement.l1), maxDelta: share(agreement.maxDelta) };
  return {
    as_of: iso(run.asOf),
    profile: run.profile,
    inputs_root: run.inputsRoot,
    inputs: run.inputs,
    block: run.block,
    verified_hours: run.hours,
    complete: run.isComplete,
    reconciled: run.reconciled,
    metagraph: comparison(run.metagraph),
    weights: comparison(run.weights),
    published: comparison(run.published),
    miners: run.rows.map((row) => ({
      hotkey: row.hotkey,
      uid: row.uid,
      score: row.score.toString(),
      share: share(row.share),
      actual: share(row.actual),
      weight: share(row.weight),
      published: share(row.published),
      raw: row.raw,
    })),
  };
}

function describeEntry(entry: TrackedEntry) {
  const { entryId, reporter, hotkey, block, startTime, endTime, step, problem, detail } = entry;
  return {
    entry_id: entryId,
    reporter,
    hotkey,
    block,
    start: iso(startTime),
    end: iso(endTime),
    step,
    verdict: verdictOf(entry),
    digest: entry.reportSha256,
    verification: entry.verification,
    problem,
    detail,
    next_try: entry.nextTryMs ? new Date(entry.nextTryMs).toISOString() : null,
  };
}

function countBy<T>(all: readonly T[], by: (one: T) => string): Record<string, number> {
  const groups = Map.groupBy(all, by);
  return Object.fromEntries([...groups].map(([verdict, own]) => [verdict, own.length]));
}

const unscored = () =>
  new CodedError<AuditorCode>("SCORES_MISSING", "no hour of this validator is verified yet");

function iso(micros: number): string;
function iso(micros: number | null): string | null;
function iso(micros: number | null): string | null {
  return micros === null ? null : new Date(micros / 1_000).toISOString();
}
