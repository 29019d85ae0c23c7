import {
  aggregate,
  checkQuorum,
  DEFAULT_QUORUM,
  exceeds,
  HALF,
  parseFraction,
} from "@neurond/consensus";
import { type Hotkey, isCoded } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { alice, bob, charlie, dave, m0, m1, m2, m3 } from "./people.ts";

describe("a fraction", () => {
  test("is a ratio or a decimal, exactly", () => {
    expect(parseFraction("1/2")).toEqual(HALF);
    expect(parseFraction("0.5")).toEqual({ numerator: 5n, denominator: 10n });
    expect(parseFraction("0")).toEqual({ numerator: 0n, denominator: 1n });
    expect(exceeds(1n, 3n, parseFraction("1/3"))).toBe(false);
    expect(exceeds(333_333n, 1_000_000n, parseFraction("0.333333"))).toBe(false);
    expect(exceeds(333_334n, 1_000_000n, parseFraction("0.333333"))).toBe(true);
  });

  test.each(["", "1", "2/1", "1/0", "0/0", "-1/2", "1/-2", "0,5", ".5", "0.5e1", "1/2/3", "NaN"])(
    "is not %j",
    (text) => {
      try {
        expect(parseFraction(text)).toBe("nothing");
      } catch (error) {
        expect(isCoded(error, "FRACTION_INVALID")).toBe(true);
      }
    },
  );
});

describe("a quorum", () => {
  const stakes = new Map([
    [alice, 40n],
    [bob, 10n],
    [charlie, 50n],
  ]);

  test("needs strictly more than the fraction of all eligible stake", () => {
    expect(checkQuorum(stakes, [alice, bob], alice)).toEqual({
      holds: false,
      misses: ["STAKE_SHORT"],
      heard: 50n,
      total: 100n,
    });
    expect(checkQuorum(stakes, [alice, charlie], alice).holds).toBe(true);
    const more = new Map(stakes).set(bob, 11n);
    expect(checkQuorum(more, [alice, bob], alice).holds).toBe(true);
  });

  test("needs as many reporters as agreed, each counted once and eligible", () => {
    const big = new Map(stakes).set(alice, 1000n).set(dave, 0n);
    expect(checkQuorum(big, [alice, alice], alice).misses).toEqual(["REPORTERS_FEW"]);
    expect(checkQuorum(big, [alice, dave], alice).misses).toEqual(["REPORTERS_FEW"]);
    const alone = { ...DEFAULT_QUORUM, minReporters: 1 };
    expect(checkQuorum(big, [alice], alice, alone).holds).toBe(true);
  });

  test("needs oneself, unless told otherwise", () => {
    expect(checkQuorum(stakes, [bob, charlie], alice).misses).toEqual(["SELF_MISSING"]);
    const without = { ...DEFAULT_QUORUM, requireSelf: false };
    expect(checkQuorum(stakes, [bob, charlie], alice, without).holds).toBe(true);
  });

  test("never holds where nobody has stake", () => {
    const none = { fraction: parseFraction("0"), minReporters: 0, requireSelf: false };
    expect(checkQuorum(new Map(), [], alice, none).holds).toBe(false);
  });
});

describe("an agreement", () => {
  const stakes = new Map([
    [alice, 30n],
    [bob, 30n],
    [charlie, 20n],
    [dave, 20n],
  ]);
  const candidates = [m3, m2, m1, m0];
  const agree = (reports: readonly (readonly [Hotkey, Record<string, number>])[]) =>
    aggregate({ stakes, reports: new Map(reports), candidates, self: alice });

  test("is the median of each miner, a missing miner being no zero", () => {
    const { medians, quorum } = agree([
      [alice, { [m0]: 900_000, [m1]: 100_000 }],
      [bob, { [m0]: 800_000, [m1]: 200_000 }],
      [charlie, { [m0]: 100_000 }],
    ]);
    expect([...medians]).toEqual([
      [m0, 800_000],
      [m1, 100_000],
    ]);
    expect([quorum.heard, quorum.total]).toEqual([80n, 100n]);
  });

  test("ranks nobody whom half of all stake or less reported", () => {
    const result = agree([
      [alice, { [m0]: 1, [m1]: 1, [m2]: 1 }],
      [bob, { [m0]: 1 }],
      [charlie, { [m1]: 1 }],
    ]);
    expect([...result.medians.keys()]).toEqual([m0]);
    expect(result.insufficientCoverage).toEqual([m1, m2, m3]);
    expect(result.unreported).toEqual([m3]);
  });

  test("does not hear of miners that are not candidates, nor from strangers", () => {
    const stranger = agree([
      [alice, { [m0]: 1, [dave]: 5 }],
      [bob, { [m0]: 3, [dave]: 5 }],
      [m1, { [m0]: 1_000_000 }],
    ]);
    expect([...stranger.medians]).toEqual([[m0, 1]]);
  });

  test("takes no score from what every object has", () => {
    const { insufficientCoverage } = aggregate({
      stakes,
      reports: new Map([[alice, Object.create({ [m0]: 5 }) as Record<string, number>]]),
      candidates,
      self: alice,
    });
    expect(insufficientCoverage).toContain(m0);
  });
});
