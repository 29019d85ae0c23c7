import { counterLine, coverageLine, toNumber } from "@neurond/incentive";
import {
  deltaOf,
  MAX_DELTA,
  type ScoreRun,
  shareLines,
  verdictLine,
  verdictOf,
} from "@neurond/ingest";
import type { Cycle } from "@neurond/ingest/io";
import type { Logger } from "@neurond/runtime";
import type { ExportMetrics } from "./metrics.ts";

/** Logs and counts what a pass came to: findings the first time, the familiar lines with new scores. */
export function tellCycle(name: string, cycle: Cycle, metrics: ExportMetrics, log: Logger): void {
  for (const { kind, severity, subject, entryId, detail } of cycle.fresh) {
    metrics.findings.inc({ validator: name, kind, severity });
    const level = severity === "critical" ? "error" : severity === "warning" ? "warn" : "info";
    log[level]({ validator: name, kind, subject, entryId, detail }, "finding in exports");
  }
  countEntries(name, cycle, metrics);
  tellRuns(name, cycle, metrics, log);
  const { run, isNewRun, entries, loaded } = cycle;
  if (run === null) return;
  metrics.verifiedHours.set({ validator: name }, run.hours);
  metrics.newestSeconds.set({ validator: name }, run.asOf / 1_000_000);
  countDistances(name, run, metrics);
  if (!isNewRun) return;
  tellLines(run, cycle, log);
  const { profile, hours, isComplete, inputsRoot } = run;
  const asOf = new Date(run.asOf / 1_000).toISOString();
  const told = { validator: name, asOf, profile, hours, isComplete, inputsRoot, loaded };
  log.info({ ...told, entries: entries.length }, "exports scored");
}

/** As the older auditor printed them, so that what reads its log reads ours. */
function tellLines(run: ScoreRun, { miners }: Cycle, log: Logger): void {
  const rows = run.rows.filter((row) => row.share > 0n || row.actual > 0n);
  for (const [index, line] of shareLines(run).entries()) {
    const row = rows[index];
    if (row !== undefined && deltaOf(row) > MAX_DELTA) log.warn(line);
    else log.info(line);
  }
  for (const { hotkey, coverage, agreement } of miners) {
    log[coverage.isFull ? "info" : "warn"](coverageLine(hotkey, coverage));
    if (agreement === null) continue;
    log[agreement.verdict === "agrees" ? "info" : "warn"](counterLine(hotkey, agreement));
  }
}

/** One line for each run, when its verdict is come to. */
function tellRuns(
  validator: string,
  { runs, freshRuns }: Cycle,
  { runs: gauge }: ExportMetrics,
  log: Logger,
): void {
  for (const { runId, family, verdict } of freshRuns) {
    const told = { validator, runId, family, verdict: verdict.kind, detail: verdictLine(verdict) };
    const levels = {
      agrees: "info",
      not_whole: "info",
      unjudged: "warn",
      differs: "error",
    } as const;
    log[levels[verdict.kind]](told, "run recomputed from exports");
  }
  for (const verdict of ["agrees", "differs", "not_whole", "unjudged"])
    gauge.set({ validator, verdict }, runs.filter((run) => run.verdict.kind === verdict).length);
}

function countEntries(name: string, { entries }: Cycle, { entries: gauge }: ExportMetrics): void {
  const groups = Map.groupBy(entries, (entry) => `${entry.reporter} ${verdictOf(entry)}`);
  for (const [key, all] of groups) {
    const [reporter = "", verdict = ""] = key.split(" ");
    gauge.set({ validator: name, reporter, verdict }, all.length);
  }
}

function countDistances(name: string, run: ScoreRun, { distance }: ExportMetrics): void {
  const { metagraph, weights, published } = run;
  for (const [against, agreement] of Object.entries({ metagraph, weights, published }))
    if (agreement !== null) distance.set({ validator: name, against }, toNumber(agreement.l1));
}
