import type { Miner } from "../world/cast.ts";
import type { Standing } from "./standing.ts";
import type { Usage } from "./usage.ts";

/** Raw features of one hotkey, by the names of the rules. */
export interface Features {
  readonly compute_units: number;
  readonly invocation_count: number;
  readonly unique_chute_count: number;
  readonly bounty_count: number;
  readonly base_units: number;
  readonly breadth: number;
  readonly demand_units: number;
  readonly demand_count: number;
  readonly history_units: number;
}

const WEIGHTS = {
  compute_units: 0.52,
  invocation_count: 0.2,
  unique_chute_count: 0.2,
  bounty_count: 0.08,
};

/** Adds up what calls and instances gave each miner. */
export function featuresOf(
  miners: readonly Miner[],
  usages: ReadonlyMap<string, Usage>,
  standings: ReadonlyMap<string, Standing>,
): ReadonlyMap<string, Features> {
  return new Map(
    miners.map(({ hotkey }): [string, Features] => {
      const usage = usages.get(hotkey);
      const standing = standings.get(hotkey);
      const isPaid = usage?.hasPublic === true;
      const credit = (value: number | undefined) => (isPaid ? (value ?? 0) : 0);
      return [
        hotkey,
        {
          compute_units: (usage?.compute_units ?? 0) + credit(standing?.private_units),
          invocation_count:
            (usage?.invocation_count ?? 0) + Math.floor(credit(standing?.private_seconds)),
          unique_chute_count: standing?.unique_chute_count ?? 0,
          bounty_count: (usage?.bounty_count ?? 0) + credit(standing?.private_instances),
          base_units: standing?.base_units ?? 0,
          breadth: standing?.breadth ?? 0,
          demand_units: usage?.demand_units ?? 0,
          demand_count: usage?.demand_count ?? 0,
          history_units: standing?.history_units ?? 0,
        },
      ];
    }),
  );
}

/** Final scores of the first generation's rules. */
export function featureScores(
  miners: readonly Miner[],
  features: ReadonlyMap<string, Features>,
): ReadonlyMap<string, number> {
  const column = (name: keyof Features) =>
    miners.map(({ hotkey }) => features.get(hotkey)?.[name] ?? 0);
  const columns = [
    [WEIGHTS.compute_units, shares(column("compute_units"))],
    [WEIGHTS.invocation_count, shares(column("invocation_count"))],
    [WEIGHTS.unique_chute_count, uniqueShares(column("unique_chute_count"))],
    [WEIGHTS.bounty_count, shares(column("bounty_count"))],
  ] as const;
  const scores = miners.map((_, index) =>
    columns.reduce((sum, [weight, values]) => sum + weight * (values[index] ?? 0), 0),
  );
  return finalScores(miners, scores);
}

/** Final scores of the third generation's rules; who is on the list of the banned gets nothing. */
export function unitScores(
  miners: readonly Miner[],
  features: ReadonlyMap<string, Features>,
  banned: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const scores = miners.map(({ hotkey }) =>
    banned.has(hotkey) ? 0 : (features.get(hotkey)?.history_units ?? 0),
  );
  return finalScores(miners, scores);
}

/** Best hotkey of each coldkey, in proportion. */
export function finalScores(
  miners: readonly Miner[],
  scores: readonly number[],
): ReadonlyMap<string, number> {
  const best = new Map<string, number>();
  for (const [index, { coldkey }] of miners.entries()) {
    const other = best.get(coldkey);
    if (other === undefined || (scores[index] ?? 0) > (scores[other] ?? 0))
      best.set(coldkey, index);
  }
  const kept = miners.map(({ coldkey }, index) =>
    best.get(coldkey) === index ? (scores[index] ?? 0) : 0,
  );
  const total = kept.reduce((sum, score) => sum + score, 0);
  return new Map(
    miners.flatMap(({ hotkey }, index) => {
      const score = kept[index] ?? 0;
      return score > 0 ? [[hotkey, score / total] as const] : [];
    }),
  );
}

/** In proportion; when nobody has any, everybody has 1. */
function shares(values: readonly number[]): readonly number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => (total === 0 ? 1 : value / total));
}

/** Bent down, more so below the median of those who have any. */
function uniqueShares(values: readonly number[]): readonly number[] {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  const most = sorted.at(-1);
  if (most === undefined) return values.map(() => 0);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
  const bent = values.map((value) => (value / most) ** (value >= median ? 1.3 : 2.2));
  const total = bent.reduce((sum, value) => sum + value, 0);
  return bent.map((value) => value / total);
}
