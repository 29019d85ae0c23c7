import { type MinerStatistics, restartCounters } from "../statistics/counters.ts";
import type { TierRule } from "./rules.ts";
import type { Tier } from "./tier.ts";

/** The first tier from the top that a miner reaches. */
export function tierOf(statistics: MinerStatistics, rule: TierRule): Tier {
  const { totalSuccesses } = statistics;
  const reached = rule.table.find(
    (tier) =>
      tier.rate === null ||
      (totalSuccesses >= tier.totalSuccesses && rule.reaches(statistics, tier.rate)),
  );
  return reached ?? lowest(rule);
}

/** The tier that statistics name; the lowest when the table in force has none of that name. */
export function namedTier({ tier }: MinerStatistics, rule: TierRule): Tier {
  return rule.table.find(({ name }) => name === tier) ?? lowest(rule);
}

/** Puts a miner into its tier. The limit changes with the tier only: one an operator set by hand stays. */
export function evaluate(statistics: MinerStatistics, rule: TierRule): MinerStatistics {
  const { name, limit } = tierOf(statistics, rule);
  const isNew = name !== statistics.tier;
  const placed = isNew ? { ...statistics, tier: name, storageLimit: limit } : statistics;
  return rule.restarts ? restartCounters(placed) : placed;
}

/** When tiers were evaluated last, and how often they are to be. */
export interface EvaluationCadence {
  readonly steps: number;
  readonly blocks: number;
}

/** Tiers are evaluated every 100 steps, and at least every 360 blocks however slow the steps are. */
export const TIER_CADENCE: EvaluationCadence = { steps: 100, blocks: 360 };

/** Whether tiers are due, `since` the last evaluation. */
export function areTiersDue(since: EvaluationCadence, cadence = TIER_CADENCE): boolean {
  return since.steps >= cadence.steps || since.blocks >= cadence.blocks;
}

function lowest({ table }: TierRule): Tier {
  return table[table.length - 1] as Tier; // the type says that there is one
}
