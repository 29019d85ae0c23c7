import { distance, picoOf } from "../fixed.ts";
import { MINUTE_US, type Micros, overlapOf, SECOND_US, weekBefore } from "../time.ts";

/**
 * An instance as either side states it; a miner's row bears the hotkey of the entry that held it. A miner
 * that states no activation, or no multiplier, of any instance does not report them: most do not.
 */
export interface StatedInstance {
  readonly instanceId: string;
  readonly minerHotkey: string;
  readonly createdAt: Micros;
  readonly activatedAt: Micros | null;
  readonly deletedAt: Micros | null;
  readonly computeMultiplier: number | null;
}

/** When two accounts of the same instances agree. Ratios in millionths, a multiplier in 10^-12. */
export interface InstanceThresholds {
  readonly maxSkew: Micros;
  readonly maxMultiplierDelta: bigint;
  readonly maxOneSided: number;
  readonly minActiveRatio: number;
}

export const INSTANCE_THRESHOLDS: InstanceThresholds = {
  maxSkew: 5 * MINUTE_US,
  maxMultiplierDelta: 10_000_000_000n,
  maxOneSided: 100_000,
  minActiveRatio: 800_000,
};

/** What is wrong with a miner's account. */
export type InstanceWarning = "VALIDATOR_ONLY" | "ACTIVE_TIME" | "MINER_ONLY";

/** One miner's account of its instances beside the validator's. */
export interface InstanceAgreement {
  readonly hotkey: string;
  readonly total: number;
  readonly both: number;
  readonly minerOnly: readonly string[];
  readonly validatorOnly: readonly string[];
  /** Created, activated or deleted at times too far apart, or on one side only. */
  readonly timeMismatches: readonly string[];
  readonly multiplierMismatches: readonly string[];
  readonly minerSeconds: number;
  readonly validatorSeconds: number;
  /**
   * Active time, the smaller by the larger, in millionths rounded down; a million when neither has any,
   * null when the miner does not report activations.
   */
  readonly activeRatio: number | null;
  readonly warnings: readonly InstanceWarning[];
}

const TIMES = ["createdAt", "deletedAt"] as const;
const ALL_TIMES = ["createdAt", "activatedAt", "deletedAt"] as const;

/** Joins the latest rows of both sides, of instances created in the last week, for each miner. */
export function instanceAgreement(
  miner: readonly StatedInstance[],
  validator: readonly StatedInstance[],
  asOf: Micros,
  thresholds: InstanceThresholds = INSTANCE_THRESHOLDS,
): readonly InstanceAgreement[] {
  const week = weekBefore(asOf);
  const recent = (rows: readonly StatedInstance[]) =>
    Map.groupBy(
      rows.filter(({ createdAt }) => createdAt >= week.start),
      ({ minerHotkey }) => minerHotkey,
    );
  const [mine, theirs] = [recent(miner), recent(validator)];
  return [...new Set([...mine.keys(), ...theirs.keys()])]
    .sort()
    .map((hotkey) =>
      agreementOf(hotkey, mine.get(hotkey) ?? [], theirs.get(hotkey) ?? [], asOf, thresholds),
    );
}

function agreementOf(
  hotkey: string,
  miner: readonly StatedInstance[],
  validator: readonly StatedInstance[],
  asOf: Micros,
  thresholds: InstanceThresholds,
): InstanceAgreement {
  const [mine, theirs] = [byId(miner), byId(validator)];
  const ids = [...new Set([...mine.keys(), ...theirs.keys()])].sort();
  const pairs = ids.flatMap((id) => {
    const [ours, its] = [mine.get(id), theirs.get(id)];
    return ours === undefined || its === undefined ? [] : [{ id, ours, its }];
  });
  const reportsActivation = miner.some(({ activatedAt }) => activatedAt !== null);
  const reportsMultiplier = miner.some(({ computeMultiplier }) => computeMultiplier !== null);
  const times = reportsActivation ? ALL_TIMES : TIMES;
  const [minerTime, validatorTime] = [activeTime(miner, asOf), activeTime(validator, asOf)];
  const agreement = {
    hotkey,
    total: ids.length,
    both: pairs.length,
    minerOnly: ids.filter((id) => !theirs.has(id)),
    validatorOnly: ids.filter((id) => !mine.has(id)),
    timeMismatches: pairs
      .filter(({ ours, its }) => differInTime(times, ours, its, thresholds.maxSkew))
      .map(({ id }) => id),
    multiplierMismatches: (reportsMultiplier ? pairs : [])
      .filter(({ ours, its }) => multiplierDelta(ours, its) > thresholds.maxMultiplierDelta)
      .map(({ id }) => id),
    minerSeconds: Math.floor(minerTime / SECOND_US),
    validatorSeconds: Math.floor(validatorTime / SECOND_US),
    activeRatio: reportsActivation || miner.length === 0 ? ratioOf(minerTime, validatorTime) : null,
  };
  return { ...agreement, warnings: warningsOf(agreement, thresholds) };
}

function warningsOf(
  { total, minerOnly, validatorOnly, activeRatio }: Omit<InstanceAgreement, "warnings">,
  { maxOneSided, minActiveRatio }: InstanceThresholds,
): readonly InstanceWarning[] {
  const isMany = (ids: readonly string[]) => ids.length * 1_000_000 > total * maxOneSided;
  const serious: InstanceWarning[] = [];
  if (isMany(validatorOnly)) serious.push("VALIDATOR_ONLY");
  if (activeRatio !== null && activeRatio < minActiveRatio) serious.push("ACTIVE_TIME");
  return serious.length === 0 && isMany(minerOnly) ? ["MINER_ONLY"] : serious;
}

function byId(rows: readonly StatedInstance[]): ReadonlyMap<string, StatedInstance> {
  return new Map(rows.map((row) => [row.instanceId, row]));
}

function differInTime(
  times: readonly (typeof ALL_TIMES)[number][],
  a: StatedInstance,
  b: StatedInstance,
  maxSkew: Micros,
): boolean {
  return times.some((name) => {
    const [left, right] = [a[name], b[name]];
    if (left === null || right === null) return left !== right;
    return Math.abs(left - right) > maxSkew;
  });
}

function multiplierDelta(a: StatedInstance, b: StatedInstance): bigint {
  return distance(picoOf(a.computeMultiplier ?? 1), picoOf(b.computeMultiplier ?? 1));
}

function activeTime(rows: readonly StatedInstance[], asOf: Micros): Micros {
  const week = weekBefore(asOf);
  return rows.reduce((sum, { activatedAt, deletedAt }) => {
    if (activatedAt === null) return sum;
    return sum + overlapOf(week, { start: activatedAt, end: deletedAt ?? asOf });
  }, 0);
}

function ratioOf(a: Micros, b: Micros): number {
  const most = Math.max(a, b);
  return most === 0 ? 1_000_000 : Math.floor((Math.min(a, b) / most) * 1_000_000);
}
