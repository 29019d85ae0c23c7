import { COUNTED_TASKS, type Counter, type MinerStatistics } from "../statistics/counters.ts";
import { SEED_TIERS, V2_TIERS, V3_TIERS } from "./tables.ts";
import type { Threshold, TierTable } from "./tier.ts";
import { reachesWilson, wilsonMidpoint } from "./wilson.ts";

/** How miners are put into tiers. */
export interface TierRule {
  readonly table: TierTable;
  readonly reaches: (statistics: MinerStatistics, threshold: Threshold) => boolean;
  /** Whether counters start anew after every evaluation. */
  readonly restarts: boolean;
}

/** Names of the rules (`--neuron.tier_rule`). */
export const TIER_RULE_NAMES = ["seed", "wilson", "v2", "v3"] as const;
export type TierRuleName = (typeof TIER_RULE_NAMES)[number];

/**
 * `seed`: each of the three rates reaches the threshold. `wilson`: the same table, and the lower end
 * of each rate's 95 % interval reaches it. `v2` and `v3`: their tables, and the middle of the
 * interval of all tasks together since the last evaluation.
 */
export const TIER_RULES: Readonly<Record<TierRuleName, TierRule>> = {
  seed: { table: SEED_TIERS, reaches: each(reachesRate), restarts: false },
  wilson: { table: SEED_TIERS, reaches: each(reachesWilson), restarts: false },
  v2: { table: V2_TIERS, reaches: reachesMidpoint, restarts: true },
  v3: { table: V3_TIERS, reaches: reachesMidpoint, restarts: true },
};

/** Whether a rate reaches a threshold; a miner that was never asked has rate zero. */
export function reachesRate({ attempts, successes }: Counter, threshold: Threshold): boolean {
  if (attempts === 0) return threshold.numerator === 0;
  const { numerator, denominator } = threshold;
  return BigInt(successes) * BigInt(denominator) >= BigInt(attempts) * BigInt(numerator);
}

function each(reaches: (counter: Counter, threshold: Threshold) => boolean): TierRule["reaches"] {
  return ({ counters }, threshold) =>
    COUNTED_TASKS.every((task) => reaches(counters[task], threshold));
}

function reachesMidpoint({ counters }: MinerStatistics, threshold: Threshold): boolean {
  const all = COUNTED_TASKS.map((task) => counters[task]);
  const attempts = all.reduce((sum, counter) => sum + counter.attempts, 0);
  const successes = all.reduce((sum, counter) => sum + counter.successes, 0);
  return wilsonMidpoint({ attempts, successes }) >= threshold.numerator / threshold.denominator;
}
