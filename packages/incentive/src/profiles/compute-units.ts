import { isEligible, paidSpan, unitsOf } from "../billing.ts";
import { type Atto, shareOf, sumOf } from "../fixed.ts";
import { type Member, sortMembers } from "../members.ts";
import type { HistoryRow, InstanceRow } from "../rows.ts";
import { type ScoreTable, tableOf } from "../scores.ts";
import { type Micros, overlapOf, type Span, weekBefore } from "../time.ts";

/** What generation three measures. */
export interface RawComputeUnits {
  /** Seconds times the multiplier in force then. */
  readonly units: Atto;
  /** Instances that earned. */
  readonly instances: number;
  /** Of those, without any history in the window: their own multiplier was taken for all of it. */
  readonly withoutHistory: number;
}

/** Rules of generation three. */
export interface ComputeUnitRules {
  /** For an instance that has neither history nor multiplier; in units of one. */
  readonly defaultMultiplier: number;
}

/** What generation three scores; instances in their latest state, history each stretch once. */
export interface ComputeUnitInputs {
  readonly members: readonly Member[];
  readonly instances: readonly InstanceRow[];
  readonly history: readonly HistoryRow[];
  /** Hotkeys with a `blacklist_reason`. */
  readonly blacklist: ReadonlySet<string>;
}

/** The one value of generation three. */
export interface ComputeUnitValues {
  /** Of all that is not blacklisted, before coldkeys are paid once. */
  readonly units: Atto;
}

interface Earned {
  readonly units: Atto;
  readonly hasHistory: boolean;
}

/** Scores generation three: the time of instances under the multipliers they had. */
export function scoreComputeUnits(
  inputs: ComputeUnitInputs,
  asOf: Micros,
  rules: ComputeUnitRules,
): ScoreTable<RawComputeUnits, ComputeUnitValues> {
  const earned = earnedBy(inputs, weekBefore(asOf), rules);
  const ranked = sortMembers(inputs.members).filter(
    ({ hotkey }) => earned.has(hotkey) && !inputs.blacklist.has(hotkey),
  );
  const raws = ranked.map(({ hotkey }) => rawOf(earned.get(hotkey) ?? []));
  const whole = sumOf(raws.map(({ units }) => units));
  return tableOf(
    asOf,
    ranked.map((member, index) => {
      const raw = raws[index] ?? rawOf([]);
      return { member, raw, values: { units: shareOf(raw.units, whole) }, score: raw.units };
    }),
  );
}

function earnedBy(
  { instances, history }: ComputeUnitInputs,
  week: Span,
  rules: ComputeUnitRules,
): ReadonlyMap<string, readonly Earned[]> {
  const stretches = Map.groupBy(history, ({ instanceId }) => instanceId);
  const earned = new Map<string, Earned[]>();
  for (const instance of instances) {
    if (!isEligible(instance)) continue;
    const span = paidSpan(instance, instance.createdAt, week);
    if (span === null) continue;
    const own = earned.get(instance.minerHotkey) ?? [];
    earned.set(instance.minerHotkey, own);
    own.push(earnedIn(span, instance, stretches.get(instance.instanceId) ?? [], week, rules));
  }
  return earned;
}

function earnedIn(
  span: Span,
  instance: InstanceRow,
  stretches: readonly HistoryRow[],
  week: Span,
  { defaultMultiplier }: ComputeUnitRules,
): Earned {
  const parts = stretches
    .map(({ startedAt, endedAt, computeMultiplier }) => ({
      duration: overlapOf(span, { start: startedAt, end: endedAt ?? week.end }),
      computeMultiplier,
    }))
    .filter(({ duration }) => duration > 0);
  if (parts.length > 0) {
    const units = parts.map((part) => unitsOf(part.duration, part.computeMultiplier));
    return { units: sumOf(units), hasHistory: true };
  }
  const multiplier = instance.computeMultiplier ?? defaultMultiplier;
  return { units: unitsOf(span.end - span.start, multiplier), hasHistory: false };
}

function rawOf(earned: readonly Earned[]): RawComputeUnits {
  return {
    units: sumOf(earned.map(({ units }) => units)),
    instances: earned.length,
    withoutHistory: earned.filter(({ hasHistory }) => !hasHistory).length,
  };
}
