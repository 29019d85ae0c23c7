import { divideHalfEven, formatTao, parseTao, toMicro, toRao } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const MAX_U64 = 2n ** 64n - 1n;

describe("an amount of TAO", () => {
  test.each([
    ["0", 0n],
    ["1.5", 1_500_000_000n],
    ["0.000000001", 1n],
    ["0001.50", 1_500_000_000n],
    ["18446744073.709551615", MAX_U64],
  ])("%s is %d rao", (text, rao) => {
    expect(parseTao(text)).toBe(rao);
  });

  test.each([
    "",
    "1.",
    ".5",
    "-1",
    "+1",
    "1e3",
    "1,5",
    " 1",
    "0.0000000001",
    "18446744073.709551616",
  ])("%j is refused", (text) => {
    expect(codeOf(() => parseTao(text))).toBe("AMOUNT_INVALID");
  });

  test("is written as it is read", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, MAX_U64), (rao) => {
        expect(parseTao(formatTao(toRao(rao)))).toBe(rao);
      }),
    );
    expect(formatTao(toRao(1_500_000_000n))).toBe("1.5");
    expect(formatTao(toRao(10n ** 18n))).toBe("1000000000");
  });
});

test("rao outside u64 and shares outside a million millionths are refused", () => {
  for (const rao of [-1n, MAX_U64 + 1n]) expect(codeOf(() => toRao(rao))).toBe("AMOUNT_INVALID");
  for (const share of [-1, 0.5, 1_000_001, Number.NaN]) {
    expect(codeOf(() => toMicro(share))).toBe("AMOUNT_INVALID");
  }
  expect(toMicro(1_000_000)).toBe(1_000_000);
});

describe("division half to even", () => {
  test.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [8n, 3n, 3n],
    [7n, 3n, 2n],
    [-8n, 3n, -3n],
    [-6n, 3n, -2n],
  ])("of %d by %d gives %d", (dividend, divisor, quotient) => {
    expect(divideHalfEven(dividend, divisor)).toBe(quotient);
  });

  test("is off by at most a half, and exactly a half only towards the even", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n }), (dividend, divisor) => {
        const quotient = divideHalfEven(dividend, divisor);
        const rest = dividend - quotient * divisor;
        const twice = 2n * (rest < 0n ? -rest : rest);
        expect(twice < divisor || (twice === divisor && quotient % 2n === 0n)).toBe(true);
      }),
    );
  });

  test("by zero or less is refused", () => {
    expect(codeOf(() => divideHalfEven(1n, 0n))).toBe("AMOUNT_INVALID");
    expect(codeOf(() => divideHalfEven(1n, -2n))).toBe("AMOUNT_INVALID");
  });
});
