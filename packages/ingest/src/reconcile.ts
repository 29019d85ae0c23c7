import type { ComputeHistoryRow, Micros, ReconciliationRow } from "@neurond/exports";
import type { HistoryRow, InstanceRow } from "@neurond/incentive";

/** What uncommitted feeds may do: nothing, be compared, or overrule for this computation. */
export type ReconcileMode = "off" | "report" | "apply";

/** What the feeds say of instances and their multipliers now. */
export interface Reconciliation {
  readonly ends: readonly ReconciliationRow[];
  /** Null when that feed was not to be had. */
  readonly history: readonly ComputeHistoryRow[] | null;
}

/** Where feeds and committed reports say different things. */
export interface Disagreements {
  /** Committed as live or ended lately, and not in the feed at all. */
  readonly absent: readonly string[];
  /** Ended by the feed at a time at which the newest report says that it lives. */
  readonly ended: readonly string[];
  /** Both say that it ended, at different times. */
  readonly endedElsewhen: readonly string[];
  /** Stretches of history that differ or that one side lacks, as `instance start`. */
  readonly history: readonly string[];
}

const WEEK_AND_HOUR: Micros = 169 * 3_600_000_000;

/** Compares the feeds with what was committed by `asOf`; what the feeds say of later times is no news. */
export function disagreementsOf(
  instances: readonly InstanceRow[],
  history: readonly HistoryRow[],
  feeds: Reconciliation,
  asOf: Micros,
): Disagreements {
  const ends = new Map(feeds.ends.map((row) => [row.instance_id, row.deleted_at]));
  const [absent, ended, endedElsewhen]: [string[], string[], string[]] = [[], [], []];
  for (const { instanceId, activatedAt, deletedAt } of instances) {
    if (activatedAt === null || activatedAt >= asOf) continue;
    if (deletedAt !== null && deletedAt < asOf - WEEK_AND_HOUR) continue;
    const stated = ends.get(instanceId);
    if (stated === undefined) absent.push(instanceId);
    else if (stated !== null && stated < asOf && deletedAt === null) ended.push(instanceId);
    else if (stated !== null && deletedAt !== null && stated !== deletedAt)
      endedElsewhen.push(instanceId);
  }
  return {
    absent,
    ended,
    endedElsewhen,
    history: feeds.history === null ? [] : differingStretches(history, feeds.history, asOf),
  };
}

/** How many differences there are in all. */
export function countDisagreements(found: Disagreements): number {
  const { absent, ended, endedElsewhen, history } = found;
  return absent.length + ended.length + endedElsewhen.length + history.length;
}

/** Instances as the feeds have them: those they do not know are gone, ends they know are filled in. */
export function applyEnds<Row extends InstanceRow>(
  instances: readonly Row[],
  feeds: Reconciliation,
): readonly Row[] {
  const ends = new Map(feeds.ends.map((row) => [row.instance_id, row.deleted_at]));
  return instances.flatMap((instance) => {
    const stated = ends.get(instance.instanceId);
    if (stated === undefined) return instance.activatedAt === null ? [instance] : [];
    return [{ ...instance, deletedAt: instance.deletedAt ?? stated }];
  });
}

/** History as the feed has it; the committed one where there is no feed. */
export function applyHistory(
  history: readonly HistoryRow[],
  feeds: Reconciliation,
  asOf: Micros,
): readonly HistoryRow[] {
  if (feeds.history === null) return history;
  return feeds.history.map((row) => ({
    instanceId: row.instance_id,
    computeMultiplier: row.compute_multiplier,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    seenAt: asOf,
  }));
}

function differingStretches(
  committed: readonly HistoryRow[],
  stated: readonly ComputeHistoryRow[],
  asOf: Micros,
): readonly string[] {
  const known = new Map<string, ComputeHistoryRow>(
    stated.map((row) => [`${row.instance_id} ${row.started_at}`, row] as const),
  );
  const differing: string[] = [];
  for (const row of committed) {
    // The feed forgets what ended before its eight days.
    if (row.endedAt !== null && row.endedAt < asOf - WEEK_AND_HOUR) continue;
    const key = `${row.instanceId} ${row.startedAt}`;
    const other = known.get(key);
    const isSame =
      other !== undefined &&
      other.compute_multiplier === row.computeMultiplier &&
      (row.endedAt === null
        ? other.ended_at === null || other.ended_at >= asOf
        : other.ended_at === row.endedAt);
    if (!isSame) differing.push(key);
  }
  return differing;
}
