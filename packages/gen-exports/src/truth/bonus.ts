import { type Micros, parseTimestamp } from "@neurond/exports";
import type { Miner } from "../world/cast.ts";
import { type Features, finalScores } from "./scores.ts";
import type { Standing } from "./standing.ts";

const CHANGE: Micros = parseTimestamp("2025-11-12T00:00:00Z") ?? 0;
const CATEGORIES = { breadth: 0.3, demand: 0.35, bounty: 0.35 };

/** Final scores of the second generation's rules, with the parameters of the day. */
export function bonusScores(
  miners: readonly Miner[],
  features: ReadonlyMap<string, Features>,
  standings: ReadonlyMap<string, Standing>,
  end: Micros,
): ReadonlyMap<string, number> {
  const [base, bonus, exponent] = end < CHANGE ? [0.85, 0.15, 2] : [0.9, 0.1, 1.4];
  const bases = miners.map(({ hotkey }) => features.get(hotkey)?.base_units ?? 0);
  const kept = finalScores(miners, bases);
  const own = miners.filter(({ hotkey }) => kept.has(hotkey));
  const chuteTotals = bountyTotals(miners, standings);
  const at = (hotkey: string) => features.get(hotkey);
  const breadth = bent(
    own.map(({ hotkey }) => at(hotkey)?.breadth ?? 0),
    exponent,
  );
  const demand = bent(
    own.map(
      ({ hotkey }) =>
        0.75 * (at(hotkey)?.demand_units ?? 0) + 0.25 * (at(hotkey)?.demand_count ?? 0),
    ),
    exponent,
  );
  const bounty = bent(
    own.map(({ hotkey }) => bountyScore(standings.get(hotkey), chuteTotals)),
    exponent,
  );
  return new Map(
    own.map(({ hotkey }, index): [string, number] => {
      const mix =
        CATEGORIES.breadth * (breadth[index] ?? 0) +
        CATEGORIES.demand * (demand[index] ?? 0) +
        CATEGORIES.bounty * (bounty[index] ?? 0);
      return [hotkey, base * (kept.get(hotkey) ?? 0) + bonus * mix];
    }),
  );
}

/** Bounties of everybody, also of hotkeys that are not paid beside a better one. */
function bountyTotals(
  miners: readonly Miner[],
  standings: ReadonlyMap<string, Standing>,
): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  for (const { hotkey } of miners) {
    for (const [chute, count] of standings.get(hotkey)?.bounties ?? [])
      totals.set(chute, (totals.get(chute) ?? 0) + count);
  }
  return totals;
}

/** Each further bounty on a chute is worth 0.8 of the one before; crowded chutes are worth less. */
function bountyScore(standing: Standing | undefined, totals: ReadonlyMap<string, number>): number {
  let score = 0;
  for (const [chute, count] of standing?.bounties ?? []) {
    score += ((1 - 0.8 ** count) / (1 - 0.8)) * (totals.get(chute) ?? 1) ** (0.5 - 1);
  }
  return score;
}

/** From the least to the most as 0 to 1, bent, in proportion; everybody alike when all are 0. */
function bent(values: readonly number[], exponent: number): readonly number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const range = most - least;
  const powers = values.map((value) => (range === 0 ? 0 : ((value - least) / range) ** exponent));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => (total === 0 ? 1 / values.length : value / total));
}
