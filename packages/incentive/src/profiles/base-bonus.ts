import type { Hotkey, Micro } from "@neurond/primitives";
import { isEligible, paidSpan, unitsOf } from "../billing.ts";
import { type BreadthRules, breadthOf, chuteHours } from "../breadth.ts";
import {
  type Atto,
  decayOf,
  type Exponent,
  largestOf,
  ONE,
  powerOf,
  rootOf,
  shareOf,
  sumOf,
} from "../fixed.ts";
import { displaced, type Member, sortMembers } from "../members.ts";
import type { InstanceRow } from "../rows.ts";
import { type ScoreTable, tableOf } from "../scores.ts";
import { type Micros, type Span, weekBefore } from "../time.ts";
import { NO_USAGE, type Usage } from "../usage.ts";

/** The three bonuses of generation two. */
export interface Bonuses<T> {
  readonly breadth: T;
  readonly demand: T;
  readonly bounty: T;
}

/** What generation two measures. */
export interface RawBaseBonus {
  /** Seconds times multiplier of eligible instances, from their activation. */
  readonly base: Atto;
  readonly breadth: number;
  readonly demand: Atto;
  readonly bounty: Atto;
}

/** The base and the three bonuses as shares of one. */
export interface BaseBonusValues extends Bonuses<Atto> {
  readonly base: Atto;
}

/** Rules of generation two. */
export interface BaseBonusRules {
  /** Of the whole; the rest is for the bonuses. */
  readonly baseWeight: Micro;
  /** Of the bonuses. */
  readonly weights: Bonuses<Micro>;
  readonly exponent: Exponent;
  readonly demand: { readonly units: Micro; readonly successes: Micro };
  /** What each further bounty of a miner on one chute is worth of the one before it; below one. */
  readonly bountyDecay: Micro;
  /** A chute with N bounties passes on N to the power of minus this for each. */
  readonly crowding: Exponent;
  readonly breadth: BreadthRules;
}

/** What generation two scores; instances in their latest state. */
export interface BaseBonusInputs {
  readonly members: readonly Member[];
  readonly usage: ReadonlyMap<string, Usage>;
  readonly instances: readonly InstanceRow[];
  readonly gpuCounts: ReadonlyMap<string, number>;
}

interface PaidInstance {
  readonly instance: InstanceRow;
  readonly units: Atto;
}

const WHOLE = 1_000_000n;
const MICRO_TO_ATTO = ONE / WHOLE;

/** Scores generation two: time of instances, and a bonus for breadth, demand and bounties. */
export function scoreBaseBonus(
  inputs: BaseBonusInputs,
  asOf: Micros,
  rules: BaseBonusRules,
): ScoreTable<RawBaseBonus, BaseBonusValues> {
  const week = weekBefore(asOf);
  const measured = measure(inputs, week, rules);
  const losers = displaced(measured.map(({ member, raw }) => ({ member, score: raw.base })));
  const kept = measured.filter(({ member }) => !losers.has(member.hotkey));
  const values = valuesOf(kept, rules);
  const candidates = measured.map(({ member, raw }) => {
    const value = values.get(member.hotkey) ?? NO_VALUES;
    return { member, raw, values: value, score: mix(value, rules) };
  });
  return tableOf(asOf, candidates);
}

const NO_VALUES: BaseBonusValues = { base: 0n, breadth: 0n, demand: 0n, bounty: 0n };

/** Whoever has paid time is ranked, in the order of hotkeys. */
function measure(inputs: BaseBonusInputs, week: Span, rules: BaseBonusRules) {
  const paid = paidInstances(inputs.instances, week);
  const byMiner = Map.groupBy(paid, ({ instance }) => instance.minerHotkey);
  const perChute = countBy(claims(paid), ({ chuteId }) => chuteId);
  const hours = chuteHours(inputs.instances, inputs.gpuCounts, week);
  return sortMembers(inputs.members).flatMap((member) => {
    const own = byMiner.get(member.hotkey);
    if (own === undefined) return [];
    const raw: RawBaseBonus = {
      base: sumOf(own.map(({ units }) => units)),
      breadth: breadthOf(hours.get(member.hotkey), rules.breadth),
      demand: demandOf(inputs.usage.get(member.hotkey) ?? NO_USAGE, rules),
      bounty: bountyOf(
        countBy(claims(own), ({ chuteId }) => chuteId),
        perChute,
        rules,
      ),
    };
    return [{ member, raw }];
  });
}

function paidInstances(instances: readonly InstanceRow[], week: Span): readonly PaidInstance[] {
  return instances.flatMap((instance) => {
    if (instance.activatedAt === null || !isEligible(instance)) return [];
    const span = paidSpan(instance, instance.activatedAt, week);
    if (span === null) return [];
    // Without a multiplier the time earns nothing here; only generation three takes it for one.
    return [{ instance, units: unitsOf(span.end - span.start, instance.computeMultiplier ?? 0) }];
  });
}

function claims(paid: readonly PaidInstance[]): readonly InstanceRow[] {
  return paid.map(({ instance }) => instance).filter(({ bounty }) => bounty);
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(items, keyOf)].map(([key, group]) => [key, group.length]));
}

function demandOf(usage: Usage, { demand }: BaseBonusRules): Atto {
  const units = BigInt(demand.units) * usage.demandUnits;
  return (units + BigInt(demand.successes) * BigInt(usage.successes) * ONE) / WHOLE;
}

/** A geometric series for each chute, thinned by how many bounties everybody claimed on it. */
function bountyOf(
  own: ReadonlyMap<string, number>,
  all: ReadonlyMap<string, number>,
  { bountyDecay, crowding }: BaseBonusRules,
): Atto {
  const decay = BigInt(bountyDecay) * MICRO_TO_ATTO;
  return sumOf(
    [...own].map(([chuteId, count]) => {
      const series = shareOf(ONE - decayOf(decay, count), ONE - decay);
      return (series * inversePower(all.get(chuteId) ?? count, crowding)) / ONE;
    }),
  );
}

/** `count ^ -exponent`, rounded down. */
function inversePower(count: number, { numerator, denominator }: Exponent): Atto {
  const scaled = ONE ** BigInt(denominator);
  return rootOf(scaled / BigInt(count) ** BigInt(numerator), denominator);
}

function valuesOf(
  kept: readonly { readonly member: Member; readonly raw: RawBaseBonus }[],
  { exponent }: BaseBonusRules,
): ReadonlyMap<Hotkey, BaseBonusValues> {
  const base = sharesOrUniform(kept.map(({ raw }) => raw.base));
  const breadth = bonusShares(
    kept.map(({ raw }) => BigInt(raw.breadth)),
    exponent,
  );
  const demand = bonusShares(
    kept.map(({ raw }) => raw.demand),
    exponent,
  );
  const bounty = bonusShares(
    kept.map(({ raw }) => raw.bounty),
    exponent,
  );
  return new Map(
    kept.map(({ member }, index) => [
      member.hotkey,
      {
        base: base[index] ?? 0n,
        breadth: breadth[index] ?? 0n,
        demand: demand[index] ?? 0n,
        bounty: bounty[index] ?? 0n,
      },
    ]),
  );
}

/** From the lowest to the highest, raised, as shares of the sum. */
function bonusShares(amounts: readonly bigint[], exponent: Exponent): readonly Atto[] {
  const highest = largestOf(amounts);
  // The lowest is what lies furthest below the highest.
  const range = largestOf(amounts.map((amount) => highest - amount));
  if (range === 0n) return sharesOrUniform(amounts.map(() => 0n));
  return sharesOrUniform(
    amounts.map((amount) => powerOf(amount - (highest - range), range, exponent)),
  );
}

function sharesOrUniform(amounts: readonly bigint[]): readonly Atto[] {
  const whole = sumOf(amounts);
  if (whole > 0n) return amounts.map((amount) => shareOf(amount, whole));
  return amounts.map(() => shareOf(1n, BigInt(amounts.length)));
}

function mix(values: BaseBonusValues, { baseWeight, weights }: BaseBonusRules): bigint {
  const bonus =
    BigInt(weights.breadth) * values.breadth +
    BigInt(weights.demand) * values.demand +
    BigInt(weights.bounty) * values.bounty;
  const base = BigInt(baseWeight);
  return base * WHOLE * values.base + (WHOLE - base) * bonus;
}
