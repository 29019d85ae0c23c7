import {
  compareExactly,
  compareShares,
  incentivesOf,
  ONE,
  rankAgreement,
  rowByHotkey,
  shareLine,
} from "@neurond/incentive";
import { toMicro, toUid } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { members } from "./world.ts";

const everybody = members(1, 2, 3, 4);
const [a, b, c, d] = everybody;
if (!a || !b || !c || !d) throw new Error("four members");

describe("what was computed beside what was paid", () => {
  const expected = new Map<string, bigint>([
    [a.hotkey, ONE / 2n],
    [b.hotkey, ONE / 4n],
    [c.hotkey, ONE / 4n],
    ["a hotkey that has left", ONE],
  ]);
  const actual = incentivesOf([
    { ...a, incentive: 32_768 },
    { ...b, incentive: 16_384 },
    { ...c, incentive: 0 },
    { ...d, incentive: 16_384 },
  ]);
  const comparison = compareShares(everybody, expected, actual);

  test("lists everybody with a share on either side and says which", () => {
    expect(comparison.deltas.map(({ side, isWithin }) => [side, isWithin])).toEqual([
      ["both", true],
      ["both", true],
      ["expected_only", false],
      ["actual_only", false],
    ]);
    expect(comparison).toMatchObject({ l1: ONE / 2n, maxDelta: ONE / 4n, agrees: false });
  });

  test("prints the line of old, and marks what is on one side only", () => {
    expect(comparison.deltas.map(shareLine)).toEqual([
      `Calculated incentive locally for ${a.hotkey} [  0]: 0.50000 vs actual 0.50000, delta 0.00000`,
      `Calculated incentive locally for ${b.hotkey} [ 10]: 0.25000 vs actual 0.25000, delta 0.00000`,
      `Calculated incentive locally for ${c.hotkey} [ 20]: 0.25000 vs actual 0.00000, delta 0.25000 (not in metagraph incentive)`,
      `Calculated incentive locally for ${d.hotkey} [ 30]: 0.00000 vs actual 0.25000, delta 0.25000 (not in local calculation)`,
    ]);
  });

  test("leaves three places for a uid", () => {
    const [first] = comparison.deltas;
    if (first === undefined) throw new Error("no deltas");
    expect(shareLine({ ...first, uid: toUid(255) })).toContain(" [255]: ");
  });

  test("takes a validator's own row as well, by the uids of today", () => {
    const row = [
      { uid: 0, value: 65_535 },
      { uid: 10, value: 32_768 },
      { uid: 20, value: 32_767 },
      { uid: 99, value: 65_535 },
    ];
    const ours = compareShares(everybody, expected, rowByHotkey(everybody, row));
    expect(ours.agrees).toBe(true);
    expect(ours.l1).toBeGreaterThan(0n);
    expect(ours.l1).toBeLessThan(ONE / 50_000n);
  });

  test("agrees up to the thresholds and not beyond", () => {
    const moved = (part: bigint) =>
      compareShares(
        everybody,
        new Map([
          [a.hotkey, 500n + part],
          [b.hotkey, 500n - part],
        ]),
        new Map([
          [a.hotkey, 500n],
          [b.hotkey, 500n],
        ]),
      );
    expect([moved(10n).l1, moved(10n).agrees]).toEqual([ONE / 50n, true]);
    expect(moved(11n).agrees).toBe(false);
    const strict = { maxDelta: ONE, maxL1: 0n };
    expect(compareShares(everybody, expected, expected, strict).agrees).toBe(true);
  });

  test("nothing on one side agrees with nothing", () => {
    expect(compareShares(everybody, new Map(), actual).agrees).toBe(false);
    expect(compareShares(everybody, new Map(), new Map()).agrees).toBe(false);
  });

  test("a metagraph that names a hotkey twice is refused", () => {
    expect(() => compareShares([a, a], expected, actual)).toThrow("twice");
  });
});

describe("orders", () => {
  // Kendall's own example of tau-b with ties is long; these are counted by hand.
  test.each([
    [[1n, 2n, 3n], [1n, 2n, 3n], 1_000_000, 1_000_000],
    [[1n, 2n, 3n], [3n, 2n, 1n], -1_000_000, -1_000_000],
    [[1n, 2n, 3n, 4n], [1n, 2n, 4n, 3n], 800_000, 666_667],
    [[1n, 2n, 2n], [1n, 2n, 3n], 866_025, 816_497],
    [[1n, 1n], [1n, 2n], null, null],
    [[], [], null, null],
  ])("of %s and %s: rho %s, tau %s", (left, right, spearman, kendall) => {
    expect(rankAgreement(left, right)).toEqual({ spearman, kendall });
  });

  test("differences below what a double holds still order", () => {
    const big = 10n ** 30n;
    expect(rankAgreement([big, big + 1n], [1n, 2n]).kendall).toBe(1_000_000);
  });
});

test("integers that must be equal are compared without a tolerance", () => {
  const ours = new Map([
    ["a", toMicro(812_345)],
    ["b", toMicro(5)],
  ]);
  expect(compareExactly(ours, new Map(ours))).toEqual([]);
  expect(
    compareExactly(
      ours,
      new Map([
        ["a", 812_345n],
        ["b", 6n],
        ["c", 0n],
      ]),
    ),
  ).toEqual([
    { key: "b", ours: 5n, theirs: 6n },
    { key: "c", ours: null, theirs: 0n },
  ]);
  const anyMap = fc
    .dictionary(fc.string(), fc.nat(1_000_000))
    .map((o) => new Map(Object.entries(o)));
  fc.assert(
    fc.property(anyMap, anyMap, (x, y) => {
      const isSame = x.size === y.size && [...x].every(([key, value]) => y.get(key) === value);
      expect(compareExactly(x, y).length === 0).toBe(isSame);
    }),
  );
});
