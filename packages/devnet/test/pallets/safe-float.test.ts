import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  safeFloat,
  scale,
  shareOf,
  subtract,
  ZERO,
} from "../../src/pallets/subtensor/safe-float.ts";

const amount = fc.bigInt({ min: 1n, max: 21_000_000n * 10n ** 9n });

describe("a safe float", () => {
  it.each([
    ["10^9 is stored as 10^21·10^-12", 1_000_000_000n, { mantissa: 10n ** 21n, exponent: -12n }],
    ["1 is stored with the largest mantissa", 1n, { mantissa: 10n ** 21n, exponent: -21n }],
    ["zero is stored as (0, 0)", 0n, { mantissa: 0n, exponent: 0n }],
    ["3·10^9 keeps its digits", 3_000_000_000n, { mantissa: 3n * 10n ** 20n, exponent: -11n }],
    ["more digits than fit are cut off", 10n ** 22n + 9n, { mantissa: 10n ** 21n, exponent: 1n }],
  ])("%s", (_what, value, expected) => expect(safeFloat(value)).toEqual(expected));

  it("has a mantissa above 10^20 and at most 10^21, whatever it stands for", () =>
    fc.assert(
      fc.property(amount, fc.bigInt({ min: -40n, max: 40n }), (value, exponent) => {
        const { mantissa } = safeFloat(value, exponent);
        expect(mantissa > 10n ** 20n && mantissa <= 10n ** 21n).toBe(true);
      }),
    ));

  it("adds and takes away without loss while the digits fit", () =>
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        expect(add(safeFloat(a), safeFloat(b))).toEqual(safeFloat(a + b));
        expect(subtract(safeFloat(a + b), safeFloat(b))).toEqual(safeFloat(a));
      }),
    ));

  it("does not go below zero", () => {
    expect(subtract(safeFloat(1n), safeFloat(2n))).toEqual(ZERO);
    expect(subtract(ZERO, safeFloat(2n))).toEqual(ZERO);
  });

  it("scales by a fraction, and to zero when there is nothing to divide by", () => {
    expect(scale(safeFloat(9n), 2n, 3n)).toEqual(safeFloat(6n));
    expect(scale(safeFloat(9n), 2n, 0n)).toEqual(ZERO);
  });

  it("gives a whole share the whole amount and no part more than its due", () =>
    fc.assert(
      fc.property(amount, amount, amount, (total, a, b) => {
        const whole = add(safeFloat(a), safeFloat(b));
        expect(shareOf(total, whole, whole)).toBe(total);
        const parts = shareOf(total, safeFloat(a), whole) + shareOf(total, safeFloat(b), whole);
        expect(parts <= total).toBe(true);
      }),
    ));
});
