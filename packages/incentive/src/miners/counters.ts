import { divideHalfEven } from "@neurond/primitives";
import { HOUR_US, type Micros } from "../time.ts";

/** A count of successful calls in one clock hour, by one side. */
export interface HourCount {
  /** Start of the hour. */
  readonly hour: Micros;
  readonly chuteId: string;
  readonly functionName: string;
  readonly count: number;
}

/** What one miner says of itself beside what the validator exported. */
export interface CounterInputs {
  /** Of the miner: its own counters. */
  readonly reported: readonly HourCount[];
  /** Hours the miner reported at all, and how long its counters had been running by then; null: unknown. */
  readonly reportedHours: ReadonlyMap<Micros, Micros | null>;
  /** Of the validator: ended without error, private and reported ones included. */
  readonly audited: readonly HourCount[];
  /** Hours of which the validator's export is there. */
  readonly auditedHours: ReadonlySet<Micros>;
}

/** When counters agree; in millionths. */
export interface CounterThresholds {
  /** Below it a warning: a miner counts less for many innocent reasons. */
  readonly minRatio: number;
  /** Above it an alert: calls that the validator does not show. */
  readonly maxExcess: number;
  /** How many comparable hours an alert needs. */
  readonly minHours: number;
}

export const COUNTER_THRESHOLDS: CounterThresholds = {
  minRatio: 900_000,
  maxExcess: 1_050_000,
  minHours: 24,
};

/** `hidden`: the miner saw more than the validator shows. `low`: it counted less, or by too little for an alert. */
export type CounterVerdict = "agrees" | "low" | "hidden" | "no_data";

/** Two counts of the same thing. */
export interface CountPair {
  readonly reported: number;
  readonly audited: number;
  /** The smaller by the larger, in millionths, half to even; null when one is missing. */
  readonly ratio: number | null;
}

/** How a miner's counters compare with an export. */
export interface CounterAgreement {
  /** All that either side has, as auditors used to compare. */
  readonly legacy: CountPair;
  /** Hours both sides have and in which the counters had run an hour or more. */
  readonly comparable: CountPair & { readonly hours: number };
  /** The same by chute and function, ascending. */
  readonly functions: readonly (CountPair & {
    readonly chuteId: string;
    readonly functionName: string;
  })[];
  readonly verdict: CounterVerdict;
}

/** Compares in the direction that matters: more by the miner than by the validator is the serious case. */
export function counterAgreement(
  inputs: CounterInputs,
  thresholds: CounterThresholds = COUNTER_THRESHOLDS,
): CounterAgreement {
  const hours = new Set(
    [...inputs.reportedHours]
      .filter(([hour, uptime]) => inputs.auditedHours.has(hour) && (uptime ?? 0) >= HOUR_US)
      .map(([hour]) => hour),
  );
  const reported = inputs.reported.filter(({ hour }) => hours.has(hour));
  const audited = inputs.audited.filter(({ hour }) => hours.has(hour));
  const comparable = { ...pairOf(total(reported), total(audited)), hours: hours.size };
  return {
    legacy: pairOf(total(inputs.reported), total(inputs.audited)),
    comparable,
    functions: byFunction(reported, audited),
    verdict: verdictOf(comparable, thresholds),
  };
}

/** The line that auditors have always printed, with the numbers they printed. */
export function counterLine(hotkey: string, { legacy }: CounterAgreement): string {
  const { reported, audited } = legacy;
  const [less, more] = [Math.min(reported, audited), Math.max(reported, audited)];
  if (less === 0) return `Miner ${hotkey} has no reported metrics...`;
  const ratio = divideHalfEven(BigInt(less) * 10_000n, BigInt(more))
    .toString()
    .padStart(5, "0");
  const decimals = `${ratio.slice(0, -4)}.${ratio.slice(-4)}`;
  return `Miner ${hotkey} reported ${reported} vs audit ${audited}: agreement ratio ${decimals}`;
}

function verdictOf(
  { reported, audited, ratio, hours }: CounterAgreement["comparable"],
  thresholds: CounterThresholds,
): CounterVerdict {
  const isExcess = reported * 1_000_000 > audited * thresholds.maxExcess;
  if (isExcess && hours >= thresholds.minHours) return "hidden";
  if (ratio === null) return "no_data";
  return ratio < thresholds.minRatio ? "low" : "agrees";
}

function byFunction(reported: readonly HourCount[], audited: readonly HourCount[]) {
  const keyOf = ({ chuteId, functionName }: HourCount) => JSON.stringify([chuteId, functionName]);
  const [ours, theirs] = [Map.groupBy(reported, keyOf), Map.groupBy(audited, keyOf)];
  return [...new Set([...ours.keys(), ...theirs.keys()])].sort().flatMap((key) => {
    const [mine, its] = [ours.get(key) ?? [], theirs.get(key) ?? []];
    const sample = mine[0] ?? its[0];
    if (sample === undefined) return [];
    const { chuteId, functionName } = sample;
    return [{ chuteId, functionName, ...pairOf(total(mine), total(its)) }];
  });
}

function pairOf(reported: number, audited: number): CountPair {
  const [less, more] = [Math.min(reported, audited), Math.max(reported, audited)];
  const ratio = less > 0 ? Number(divideHalfEven(BigInt(less) * 1_000_000n, BigInt(more))) : null;
  return { reported, audited, ratio };
}

function total(counts: readonly HourCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}
