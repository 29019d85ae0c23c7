import { binomialTail } from "../statistics/tests.ts";
import { isUnlikely, SIGNIFICANCE, type SignificanceRules } from "./rules.ts";

/** How often something happened to one owner, beside how often it happened to all the others. */
export interface OwnerRate {
  readonly coldkey: string;
  readonly hits: number;
  readonly trials: number;
  /** What the rate of the others would have given. */
  readonly expected: number;
  /** Of as many hits or more at the others' rate. */
  readonly pValue: number;
  readonly isRemarkable: boolean;
}

/** Trials of an owner and how many of them were hits: failed attempts, claimed bounties, deletions. */
export interface Tally {
  readonly coldkey: string;
  readonly hits: number;
  readonly trials: number;
}

/** Compares each owner with the rest, ascending by coldkey: a large owner must not hide in its own average. */
export function ownerRates(
  tallies: readonly Tally[],
  rules: SignificanceRules = SIGNIFICANCE,
): readonly OwnerRate[] {
  const all = added(tallies);
  const owners = [...Map.groupBy(tallies, ({ coldkey }) => coldkey)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return owners.map(([coldkey, own]) => {
    const { hits, trials } = added(own);
    // Laplace: one hit more and one miss more, so that no rate is taken for certain.
    const rate = (all.hits - hits + 1) / (all.trials - trials + 2);
    const expected = rate * trials;
    const pValue = binomialTail(hits, trials, rate);
    const isLarge = trials >= rules.minTrials && hits >= expected * rules.minRatio;
    const isRemarkable = isLarge && isUnlikely(pValue, owners.length, rules);
    return { coldkey, hits, trials, expected, pValue, isRemarkable };
  });
}

function added(tallies: readonly Tally[]): Pick<Tally, "hits" | "trials"> {
  return tallies.reduce(
    (sum, { hits, trials }) => ({ hits: sum.hits + hits, trials: sum.trials + trials }),
    { hits: 0, trials: 0 },
  );
}
