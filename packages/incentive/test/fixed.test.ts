import {
  dayOf,
  decayOf,
  FEATURE_RULES,
  fullVector,
  ONE,
  paramsAt,
  picoOf,
  powerOf,
  rootOf,
  toFixed,
  toNumber,
  vectorOf,
} from "@neurond/incentive";
import { toUid } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { members } from "./world.ts";

describe("integer arithmetic", () => {
  test("a root is the largest integer whose power fits", () => {
    const anyValue = fc.bigInt({ min: 0n, max: 10n ** 120n });
    fc.assert(
      fc.property(anyValue, fc.integer({ min: 1, max: 12 }), (value, degree) => {
        const root = rootOf(value, degree);
        const power = BigInt(degree);
        expect(root ** power <= value && (root + 1n) ** power > value).toBe(true);
      }),
    );
  });

  test("a power of a share is what Math.pow says, to its precision", () => {
    const anyShare = fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 5000 }));
    const anyExponent = fc.constantFrom([13, 10], [11, 5], [7, 5], [2, 1], [1, 2]);
    fc.assert(
      fc.property(anyShare, anyExponent, ([a, b], [numerator = 1, denominator = 1]) => {
        const exact = powerOf(BigInt(a), BigInt(b), { numerator, denominator });
        const float = (a / b) ** (numerator / denominator);
        expect(Math.abs(toNumber(exact) - float)).toBeLessThanOrEqual(1e-15 + float * 1e-14);
      }),
    );
  });

  test.each([
    [0, ONE],
    [1, (4n * ONE) / 5n],
    [2, (16n * ONE) / 25n],
    [3, (64n * ONE) / 125n],
    [1_000_000, 0n],
  ])("four fifths to the power of %i is exact", (times, expected) => {
    expect(decayOf((4n * ONE) / 5n, times)).toBe(expected);
  });

  test.each([
    [0.3, 300_000_000_000n],
    [2.25, 2_250_000_000_000n],
    [0.1 + 0.2, 300_000_000_000n],
    [5e-13, 1n],
    [4.9e-13, 0n],
    [1e15, BigInt(1e27)],
    [1.0000001e15, 0n],
    [-1, 0n],
    [Number.NaN, 0n],
  ])("%d is %s millionths of a millionth", (value, pico) => {
    expect(picoOf(value)).toBe(pico);
  });
});

// What Python prints for f"{x:.5f}": the first two lie exactly in the middle.
test.each([
  [ONE / 64n, "0.01562"],
  [(3n * ONE) / 64n, "0.04688"],
  [ONE / 3n, "0.33333"],
  [ONE, "1.00000"],
  [0n, "0.00000"],
  [-ONE / 8n, "-0.12500"],
])("%s is written as %s", (value, text) => {
  expect(toFixed(value, 5)).toBe(text);
});

describe("vectors", () => {
  const [a, b, c] = members(1, 2, 3);
  if (!a || !b || !c) throw new Error("three members");
  const uids = new Map([a, b].map(({ hotkey, uid }) => [hotkey, uid]));

  test("by the largest a half rounds away from zero, by the sum it is lost", () => {
    const shares = new Map([
      [a.hotkey, 131_070n],
      [b.hotkey, 1n],
    ]);
    expect(vectorOf(shares, uids)).toEqual([
      { uid: 0, value: 65_535 },
      { uid: 10, value: 1 },
    ]);
    expect(vectorOf(shares, uids, "sum_floor")).toEqual([{ uid: 0, value: 65_534 }]);
  });

  test("who is not registered is left out, and zeros stand only where they are asked for", () => {
    const shares = new Map([
      [c.hotkey, 50n],
      [b.hotkey, 10n],
    ]);
    const weights = vectorOf(shares, uids);
    expect(weights).toEqual([{ uid: 10, value: 65_535 }]);
    expect(fullVector(weights, 12).map(({ value }) => value)).toEqual([
      ...Array.from({ length: 10 }, () => 0),
      65_535,
      0,
    ]);
    expect(fullVector([], 1)).toEqual([{ uid: toUid(0), value: 0 }]);
  });
});

test("parameters are those of the day, and none before the first", () => {
  const units = (day: string) => paramsAt(FEATURE_RULES, dayOf(day)).weights.computeUnits;
  expect([units("2025-08-31"), units("2025-09-01")]).toEqual([450_000, 520_000]);
  expect(() => units("2024-12-13")).toThrow("no parameters for 2024-12-13T00:00:00.000Z");
});
