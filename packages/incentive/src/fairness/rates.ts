import { binomialTail } from "../statistics/tests.ts";
import { isUnlikely, type SignificanceRules } from "./rules.ts";

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

/** One trial of an owner. */
export interface Trial {
  readonly coldkey: string;
  readonly isHit: boolean;
}

/** Compares each owner with the rest, ascending by coldkey: a large owner must not hide in its own average. */
export function ownerRates(
  trials: readonly Trial[],
  rules: SignificanceRules,
): readonly OwnerRate[] {
  const hitsOf = (list: readonly Trial[]) => list.filter(({ isHit }) => isHit).length;
  const allHits = hitsOf(trials);
  const owners = [...Map.groupBy(trials, ({ coldkey }) => coldkey)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return owners.map(([coldkey, own]) => {
    const hits = hitsOf(own);
    const others = trials.length - own.length;
    // Laplace: one hit more and one miss more, so that no rate is taken for certain.
    const rate = (allHits - hits + 1) / (others + 2);
    const expected = rate * own.length;
    const pValue = binomialTail(hits, own.length, rate);
    const isLarge = own.length >= rules.minTrials && hits >= expected * rules.minRatio;
    const isRemarkable = isLarge && isUnlikely(pValue, owners.length, rules);
    return { coldkey, hits, trials: own.length, expected, pValue, isRemarkable };
  });
}
