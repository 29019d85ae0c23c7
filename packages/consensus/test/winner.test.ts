import { type Aggregate, chooseWinner, DEFAULT_WINNER_RULES } from "@neurond/consensus";
import { type Hotkey, toMicro } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { m0, m1, m2, m3 } from "./people.ts";

const quorum = { holds: true, misses: [], heard: 2n, total: 3n };
const ranked = (...medians: readonly [Hotkey, number][]): Aggregate => ({
  quorum,
  medians: new Map(medians.map(([hotkey, score]) => [hotkey, toMicro(score)] as const)),
  insufficientCoverage: [],
  unreported: [],
});

test("without an incumbent the best wins, the first hotkey on a tie", () => {
  expect(chooseWinner(ranked([m0, 1], [m2, 7], [m1, 7]), null)).toEqual({
    hotkey: m1,
    reason: "VACANT",
  });
  expect(chooseWinner(ranked([m0, 1], [m1, 7], [m2, 7]), null).hotkey).toBe(m1);
});

describe("an incumbent", () => {
  test("falls to a challenger that reaches score and margin, not one below", () => {
    const against = (score: number) => chooseWinner(ranked([m0, 500_000], [m1, score]), m0);
    expect(against(549_999)).toEqual({ hotkey: m0, reason: "INCUMBENT_RETAINED" });
    expect(against(550_000)).toEqual({ hotkey: m1, reason: "INCUMBENT_DETHRONED" });
  });

  test("wins ties, even with no margin", () => {
    const rules = { ...DEFAULT_WINNER_RULES, margin: toMicro(0) };
    expect(chooseWinner(ranked([m0, 7], [m1, 7]), m1, rules).hotkey).toBe(m1);
    expect(chooseWinner(ranked([m0, 8], [m1, 7]), m1, rules).hotkey).toBe(m0);
  });

  test("that cannot be reached by the margin is retained", () => {
    expect(chooseWinner(ranked([m0, 960_000], [m1, 1_000_000]), m0).hotkey).toBe(m0);
  });

  test("that is gone leaves the place to the best", () => {
    expect(chooseWinner(ranked([m0, 7], [m1, 1]), m3)).toEqual({ hotkey: m0, reason: "VACANT" });
  });

  test("that nobody reported is gone, one that too few reported holds", () => {
    const partly = { ...ranked([m0, 7]), insufficientCoverage: [m2, m3], unreported: [m3] };
    expect(chooseWinner(partly, m3)).toEqual({ hotkey: m0, reason: "VACANT" });
    expect(chooseWinner(partly, m2)).toEqual({ hotkey: m2, reason: "INCUMBENT_UNCOVERED" });
  });

  test("holds while there is no quorum", () => {
    const missed = { ...ranked([m0, 7]), quorum: { ...quorum, holds: false } };
    expect(chooseWinner(missed, m2)).toEqual({ hotkey: m2, reason: "QUORUM_MISSED" });
    expect(chooseWinner(missed, null)).toEqual({ hotkey: null, reason: "QUORUM_MISSED" });
  });
});

test("nobody wins below the minimum, or among none", () => {
  const rules = { ...DEFAULT_WINNER_RULES, minScore: toMicro(100) };
  expect(chooseWinner(ranked([m0, 99]), m0, rules)).toEqual({ hotkey: null, reason: "NOBODY" });
  expect(chooseWinner(ranked([m0, 100]), null, rules).hotkey).toBe(m0);
  expect(chooseWinner(ranked(), m0)).toEqual({ hotkey: null, reason: "NOBODY" });
});
