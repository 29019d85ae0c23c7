import { rankCorrelation } from "@neurond/consensus";

/** Two ways to say how alike two orders are; in millionths, null where there is nothing to order. */
export interface RankAgreement {
  /** Spearman's rho, ties at their middle rank. */
  readonly spearman: number | null;
  /** Kendall's tau-b. */
  readonly kendall: number | null;
}

/** Compares the orders that two lists of exact values give to the same things. */
export function rankAgreement(a: readonly bigint[], b: readonly bigint[]): RankAgreement {
  // Values may differ beyond what a double holds; their places may not.
  const [placesA, placesB] = [placesOf(a), placesOf(b)];
  return { spearman: rankCorrelation(placesA, placesB), kendall: kendall(placesA, placesB) };
}

function placesOf(values: readonly bigint[]): readonly number[] {
  const distinct = [...new Set(values)].sort((x, y) => (x < y ? -1 : 1));
  const places = new Map(distinct.map((value, place) => [value, place]));
  return values.map((value) => places.get(value) ?? 0);
}

/** Counts pairs one by one: a subnet has hundreds of members, and 4096 take a third of a second. */
function kendall(a: readonly number[], b: readonly number[]): number | null {
  let balance = 0;
  let orderedA = 0;
  let orderedB = 0;
  for (const [i, ai] of a.entries()) {
    const bi = b[i] ?? 0;
    for (let j = 0; j < i; j++) {
      const inA = Math.sign(ai - (a[j] ?? 0));
      const inB = Math.sign(bi - (b[j] ?? 0));
      balance += inA * inB;
      orderedA += inA * inA;
      orderedB += inB * inB;
    }
  }
  if (orderedA === 0 || orderedB === 0) return null;
  return Math.floor((balance / Math.sqrt(orderedA * orderedB)) * 1_000_000 + 0.5);
}
