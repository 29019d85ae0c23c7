import type { Micro } from "@neurond/primitives";
import { endedByPlatform, MINER_DELETED, paidSpan, unitsOf, wholeSeconds } from "../billing.ts";
import { type BreadthRules, breadthOf, chuteHours } from "../breadth.ts";
import { type Atto, type Exponent, powerOf, shareOf, sumOf } from "../fixed.ts";
import { type Member, sortMembers } from "../members.ts";
import type { InstanceRow } from "../rows.ts";
import { type ScoreTable, tableOf } from "../scores.ts";
import { type Micros, type Span, weekBefore } from "../time.ts";
import type { Usage } from "../usage.ts";

/** The four features of generation one. */
export interface Features<T> {
  readonly computeUnits: T;
  readonly invocationCount: T;
  readonly uniqueChuteCount: T;
  readonly bountyCount: T;
}

/** Features as counted: units in 10^-18, the others plain counts. */
export interface RawFeatures {
  readonly computeUnits: Atto;
  readonly invocationCount: number;
  readonly uniqueChuteCount: number;
  readonly bountyCount: number;
}

/** Rules of generation one. */
export interface FeatureRules {
  readonly weights: Features<Micro>;
  /** Of unique chutes at or above the median of those that have any, and below it. */
  readonly upper: Exponent;
  readonly lower: Exponent;
  readonly breadth: BreadthRules;
  /**
   * Which private instances are credited: those the platform ended (an old auditor's slip), these and
   * live ones, or all that their miner did not delete (the validator).
   */
  readonly privateCredit: "platform_ended" | "platform_ended_or_live" | "not_miner_deleted";
}

/** What generation one scores; instances merged over the reports. */
export interface FeatureInputs {
  readonly members: readonly Member[];
  readonly usage: ReadonlyMap<string, Usage>;
  readonly instances: readonly InstanceRow[];
  readonly gpuCounts: ReadonlyMap<string, number>;
}

interface Credit {
  readonly instances: number;
  readonly duration: Micros;
  readonly units: Atto;
}

const NAMES = ["computeUnits", "invocationCount", "uniqueChuteCount", "bountyCount"] as const;

/** Scores generation one: four weighted features, of which only the best hotkey of a coldkey is paid. */
export function scoreFeatures(
  inputs: FeatureInputs,
  asOf: Micros,
  rules: FeatureRules,
): ScoreTable<RawFeatures, Features<Atto>> {
  const counted = countFeatures(inputs, weekBefore(asOf), rules);
  const raws = counted.map(({ raw }) => raw);
  const shares = {
    computeUnits: plainShares(raws.map(({ computeUnits }) => computeUnits)),
    invocationCount: plainShares(raws.map((raw) => BigInt(raw.invocationCount))),
    uniqueChuteCount: uniqueShares(
      raws.map(({ uniqueChuteCount }) => uniqueChuteCount),
      rules,
    ),
    bountyCount: plainShares(raws.map((raw) => BigInt(raw.bountyCount))),
  };
  const candidates = counted.map(({ member, raw }, index) => {
    const values = {
      computeUnits: shares.computeUnits[index] ?? 0n,
      invocationCount: shares.invocationCount[index] ?? 0n,
      uniqueChuteCount: shares.uniqueChuteCount[index] ?? 0n,
      bountyCount: shares.bountyCount[index] ?? 0n,
    };
    const score = sumOf(NAMES.map((name) => BigInt(rules.weights[name]) * values[name]));
    return { member, raw, values, score };
  });
  return tableOf(asOf, candidates);
}

/** Whoever has a row is ranked, in the order of hotkeys. */
function countFeatures(inputs: FeatureInputs, week: Span, rules: FeatureRules) {
  const hours = chuteHours(inputs.instances, inputs.gpuCounts, week);
  const credits = privateCredits(inputs.instances, week, rules);
  return sortMembers(inputs.members).flatMap((member) => {
    const usage = inputs.usage.get(member.hotkey);
    if (usage === undefined || usage.rows === 0) return [];
    // Private work alone ranks nobody: the credit is an addition to public work.
    const credit = usage.publicRows > 0 ? credits.get(member.hotkey) : undefined;
    const raw: RawFeatures = {
      computeUnits: usage.units + (credit?.units ?? 0n),
      invocationCount: usage.invocations + wholeSeconds(credit?.duration ?? 0),
      uniqueChuteCount: breadthOf(hours.get(member.hotkey), rules.breadth),
      bountyCount: usage.bounties + (credit?.instances ?? 0),
    };
    return [{ member, raw }];
  });
}

function privateCredits(
  instances: readonly InstanceRow[],
  week: Span,
  rules: FeatureRules,
): ReadonlyMap<string, Credit> {
  const credits = new Map<string, Credit>();
  for (const instance of instances) {
    const span = creditedSpan(instance, week, rules);
    if (span === null) continue;
    const sum = credits.get(instance.minerHotkey) ?? { instances: 0, duration: 0, units: 0n };
    const duration = span.end - span.start;
    credits.set(instance.minerHotkey, {
      instances: sum.instances + 1,
      duration: sum.duration + duration,
      units: sum.units + unitsOf(duration, instance.computeMultiplier ?? 0),
    });
  }
  return credits;
}

function creditedSpan(instance: InstanceRow, week: Span, rules: FeatureRules): Span | null {
  const { activatedAt, billedTo } = instance;
  if (activatedAt === null || billedTo === null || !isCredited(instance, rules)) return null;
  return paidSpan(instance, activatedAt, week);
}

function isCredited(instance: InstanceRow, { privateCredit }: FeatureRules): boolean {
  if (privateCredit === "not_miner_deleted") return instance.deletionReason !== MINER_DELETED;
  const isLive = instance.deletedAt === null && privateCredit === "platform_ended_or_live";
  return isLive || endedByPlatform(instance.deletionReason);
}

function plainShares(counts: readonly bigint[]): readonly Atto[] {
  const whole = sumOf(counts);
  return counts.map((count) => shareOf(count, whole));
}

function uniqueShares(counts: readonly number[], rules: FeatureRules): readonly Atto[] {
  const highest = counts.reduce((a, b) => Math.max(a, b), 0);
  if (highest === 0) return counts.map(() => 0n);
  const twiceMedian = twiceMedianOf(counts.filter((count) => count > 0));
  return plainShares(
    counts.map((count) =>
      powerOf(BigInt(count), BigInt(highest), 2 * count >= twiceMedian ? rules.upper : rules.lower),
    ),
  );
}

function twiceMedianOf(counts: readonly number[]): number {
  const sorted = counts.toSorted((a, b) => a - b);
  const [low, high] = [Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2)];
  return (sorted[low] ?? 0) + (sorted[high] ?? 0);
}
