import type { Micros } from "@neurond/exports";
import { type HistoryRow, type InstanceRow, toNumber } from "@neurond/incentive";
import {
  applyEnds,
  applyHistory,
  countDisagreements,
  disagreementsOf,
  type Finding,
  finding,
  type Profile,
  type ReconcileMode,
  type Reconciliation,
  type ScoreRun,
  scoreProfile,
  scoreRun,
} from "@neurond/ingest";
import type { Hotkey } from "@neurond/primitives";
import {
  computeHistory,
  gpuCounts as keptGpuCounts,
  latestInstances,
  mergedInstances,
  replaceGpuCounts,
  usage,
  type Warehouse,
} from "@neurond/warehouse";
import type { Feeds } from "./fetch-feeds.ts";
import type { SubnetState } from "./subnet.ts";

/** What one computation is about. */
export interface ScoreTask {
  readonly validator: Hotkey;
  readonly profile: Profile;
  readonly asOf: Micros;
  /** Verified hours in the window. */
  readonly hours: number;
  readonly mode: ReconcileMode;
  /** Whether listed hours of the week are left out: then nothing follows from a comparison. */
  readonly isCut: boolean;
  /** Whether every hour is loaded, listed or not: what a missing one held is no difference to feeds. */
  readonly isWhole: boolean;
  readonly nowMs: number;
}

/** Scores the window as of a moment, and holds them against what is paid, set and published. */
export async function scoreWindow(
  warehouse: Warehouse,
  task: ScoreTask,
  feeds: Feeds,
  subnet: SubnetState,
): Promise<{ readonly run: ScoreRun; readonly findings: readonly Finding[] }> {
  const { asOf, profile, validator, mode } = task;
  await keepGpuCounts(warehouse, feeds);
  const counted = await usage(warehouse, { asOf });
  const merged = await mergedInstances(warehouse, { asOf });
  const latest = await latestInstances(warehouse, { asOf });
  const history = await computeHistory(warehouse, { asOf });
  const { reconciliation } = feeds;
  const isComparable = task.isWhole && reconciliation !== null;
  const compared = isComparable ? compare(validator, latest, history, reconciliation, asOf) : [];
  const isApplied = mode === "apply" && reconciliation !== null;
  const seen = isApplied
    ? {
        merged: applyEnds(merged, reconciliation),
        latest: applyEnds(latest, reconciliation),
        history: applyHistory(history, reconciliation, asOf),
      }
    : { merged, latest, history };
  const inputs = {
    members: subnet.members,
    usage: new Map(counted.map((row) => [row.minerHotkey, row])),
    ...seen,
    gpuCounts: await keptGpuCounts(warehouse),
    blacklist: new Set(feeds.blacklist?.keys()),
  };
  const scored = scoreProfile(profile, inputs, asOf);
  const head = {
    source: validator,
    asOf,
    profile,
    hours: task.hours,
    createdMs: task.nowMs,
    isComplete: !task.isCut && hasFeeds(profile, feeds),
    reconciled: isApplied,
  };
  const run = scoreRun(head, scored, { ...subnet, published: publishedOf(feeds) });
  return { run, findings: [...compared, ...(task.isCut ? [] : shareFindings(run))] };
}

/** Without these a profile gives scores that nobody else has. */
function hasFeeds(profile: Profile, { blacklist, gpuCounts }: Feeds): boolean {
  return (profile === "compute_units" ? blacklist : gpuCounts) !== null;
}

async function keepGpuCounts(warehouse: Warehouse, { gpuCounts }: Feeds): Promise<void> {
  if (gpuCounts === null) return;
  const rows = [...gpuCounts].map(([chuteId, gpuCount]) => ({ chuteId, gpuCount }));
  await replaceGpuCounts(warehouse, rows);
}

function compare(
  validator: Hotkey,
  instances: readonly InstanceRow[],
  history: readonly HistoryRow[],
  feeds: Reconciliation,
  asOf: Micros,
): readonly Finding[] {
  const found = disagreementsOf(instances, history, feeds, asOf);
  if (countDisagreements(found) === 0) return [];
  const { absent, ended, endedElsewhen, history: stretches } = found;
  const detail =
    `uncommitted feeds differ from committed reports: ${absent.length} instances absent, ` +
    `${ended.length} ended, ${endedElsewhen.length} ended at another time, ` +
    `${stretches.length} stretches of history`;
  return [finding(validator, "RECONCILIATION_DIFFERS", { endTime: asOf }, detail)];
}

/** Published scores are doubles; to be compared they become integers, in 10^-15. */
function publishedOf({ scores }: Feeds): ReadonlyMap<string, bigint> | null {
  if (scores === null) return null;
  const usable = [...scores].filter(([, score]) => Number.isFinite(score) && score > 0);
  const total = usable.reduce((sum, [, score]) => sum + score, 0);
  if (!(total > 0 && Number.isFinite(total))) return null;
  return new Map(
    usable.map(([hotkey, score]) => [hotkey, BigInt(Math.round((score / total) * 1e15))]),
  );
}

function shareFindings(run: ScoreRun): readonly Finding[] {
  const { metagraph, weights, source, asOf } = run;
  const compared = weights ?? metagraph;
  if (run.total === 0n || compared.agrees) return [];
  const what = weights === null ? "metagraph's incentives" : "validator's weight row";
  const [l1, most] = [compared.l1, compared.maxDelta].map((value) => toNumber(value).toFixed(5));
  const detail = `scores differ from the ${what}: L1 ${l1}, at most ${most} for one miner`;
  return [finding(source, "SHARES_DIFFER", { subject: what, endTime: asOf }, detail)];
}
