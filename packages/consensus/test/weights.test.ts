import { payProportionally, payWinner, weightVector } from "@neurond/consensus";
import { divideHalfEven, toMicro, toUid } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { m0, m1, m2, m3, miners } from "./people.ts";

const uids = new Map(miners.map((hotkey, index) => [hotkey, toUid(index + 1)] as const));
const all = toMicro(1_000_000);
const half = toMicro(500_000);
const pairs = (vector: ReturnType<typeof weightVector>) =>
  vector.weights.map(({ uid, value }) => [uid, value]);

describe("winner takes all", () => {
  test("gives a winner the family's weight and burns the rest", () => {
    expect(pairs(weightVector([payWinner(all, m0)], uids))).toEqual([[1, 65_535]]);
    expect(pairs(weightVector([payWinner(half, m1)], uids))).toEqual([
      [0, 65_535],
      [2, 65_535],
    ]);
    expect(pairs(weightVector([payWinner(toMicro(700_000), m1)], uids))).toEqual([
      [0, 28_086],
      [2, 65_535],
    ]);
    expect(pairs(weightVector([payWinner(toMicro(999_000), m1)], uids))).toEqual([
      [0, 66],
      [2, 65_535],
    ]);
  });

  test("burns everything without a winner, a payout or a weight", () => {
    const burned = [[0, 65_535]];
    expect(pairs(weightVector([payWinner(all, null)], uids))).toEqual(burned);
    expect(pairs(weightVector([], uids))).toEqual(burned);
    expect(pairs(weightVector([payWinner(toMicro(0), m0)], uids))).toEqual(burned);
  });

  test("burns the share of a winner that is not registered, and names it", () => {
    const vector = weightVector(
      [payWinner(half, m0), payWinner(half, m1)],
      new Map([...uids].slice(1)),
    );
    expect(vector.unresolved).toEqual([m0]);
    expect(pairs(vector)).toEqual([
      [0, 65_535],
      [2, 65_535],
    ]);
  });

  test("adds up the families one miner wins", () => {
    const vector = weightVector([payWinner(half, m0), payWinner(half, m0)], uids);
    expect(pairs(vector)).toEqual([[1, 65_535]]);
  });

  test("sends on what was configured beyond the whole, with a warning and no burn", () => {
    const vector = weightVector([payWinner(all, m0), payWinner(half, m1)], uids);
    expect(vector.isOverassigned).toBe(true);
    expect(pairs(vector)).toEqual([
      [1, 65_535],
      [2, 32_768],
    ]);
  });
});

describe("proportional pay", () => {
  const medians = new Map([
    [m0, toMicro(600_000)],
    [m1, toMicro(300_000)],
    [m2, toMicro(0)],
    [m3, toMicro(100_000)],
  ]);

  test("is proportional to medians; whoever has zero gets nothing", () => {
    expect(pairs(weightVector([payProportionally(all, medians)], uids))).toEqual([
      [1, 65_535],
      [2, 32_768],
      [4, 10_922],
    ]);
  });

  test("burns everything when everybody has zero", () => {
    const zero = new Map([[m0, toMicro(0)]]);
    expect(pairs(weightVector([payProportionally(all, zero)], uids))).toEqual([[0, 65_535]]);
  });

  test("burns what belongs to a miner that is not registered: nobody else gains", () => {
    const vector = weightVector([payProportionally(all, medians)], new Map([[m1, toUid(2)]]));
    expect(vector.unresolved).toEqual([m0, m2, m3]);
    expect(pairs(vector)).toEqual([
      [0, 65_535],
      [2, 28_086],
    ]);
  });
});

test("families of different sums share exactly as rationals do, rounded once", () => {
  const anyScores = fc.array(fc.integer({ min: 0, max: 1_000_000 }), {
    minLength: miners.length,
    maxLength: miners.length,
  });
  const anyFamily = fc.tuple(fc.integer({ min: 0, max: 300_000 }), anyScores);
  fc.assert(
    fc.property(fc.array(anyFamily, { minLength: 1, maxLength: 3 }), (families) => {
      const payouts = families.map(([weight, scores]) =>
        payProportionally(
          toMicro(weight),
          new Map(miners.map((hotkey, index) => [hotkey, toMicro(scores[index] ?? 0)] as const)),
        ),
      );
      // Shares over one common denominator, from the definition.
      const sums = families.map(([, scores]) => scores.reduce((sum, score) => sum + score, 0));
      const product = sums.reduce((all, sum) => all * BigInt(Math.max(sum, 1)), 1n);
      const shares = miners.map((_, index) =>
        families.reduce((total, [weight, scores], family) => {
          const share = product * BigInt(weight) * BigInt(scores[index] ?? 0);
          return total + share / BigInt(Math.max(sums[family] ?? 1, 1));
        }, 0n),
      );
      const burn = 1_000_000n * product - shares.reduce((sum, share) => sum + share, 0n);
      const exact = [burn, ...shares];
      const max = exact.toSorted((a, b) => (a < b ? 1 : -1))[0] ?? 0n;
      const expected = exact
        .map((share, uid) => [uid, Number(divideHalfEven(share * 65_535n, max))])
        .filter(([, value]) => value !== 0);
      expect(pairs(weightVector(payouts, uids))).toEqual(expected);
    }),
  );
});
