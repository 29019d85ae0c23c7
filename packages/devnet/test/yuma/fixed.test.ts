import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exp, logistic } from "../../src/yuma/exp.ts";
import { div, type I32F32, mul, mulWide, ONE, ratio, toU16 } from "../../src/yuma/fixed.ts";
import * as reference from "./reference.ts";

const RUNS = { numRuns: 5000 };

/** Whole range and, more often, the ends of it and small multiples of one. */
const raw = (min: I32F32, max: I32F32) =>
  fc.oneof(
    fc.maxSafeInteger().map((x) => min + (Math.abs(x) % (max - min + 1))),
    fc.constantFrom(min, min + 1, max - 1, max),
    fc.nat(64).map((x) => Math.max(min, Math.min(max, x * ONE))),
    fc.nat(64).map((x) => Math.max(min, Math.min(max, x))),
  );

describe("I32F32 in doubles equals I32F32 in bigints", () => {
  test("in products", () => {
    fc.assert(
      fc.property(raw(-(2 ** 33), 2 ** 33), raw(-(2 ** 35), 2 ** 35), (a, b) => {
        expect(BigInt(mul(a, b))).toBe(reference.mul(BigInt(a), BigInt(b)));
      }),
      RUNS,
    );
  });

  test("in products of a large factor", () => {
    fc.assert(
      fc.property(raw(-(2 ** 48), 2 ** 48), raw(-(2 ** 36), 2 ** 36), (a, b) => {
        const product = reference.mul(BigInt(a), BigInt(b));
        fc.pre(product < 1n << 53n && product > -1n << 53n);
        expect(BigInt(mulWide(a, b))).toBe(product);
      }),
      RUNS,
    );
  });

  test("in quotients", () => {
    const operands = fc
      .constantFrom(2 ** 21, 2 ** 33, 2 ** 37, 2 ** 45, 2 ** 52)
      .chain((limit) => fc.tuple(raw(0, limit), raw(0, limit)))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    fc.assert(
      fc.property(operands, ([a, b]) => {
        expect(BigInt(div(a, b))).toBe(reference.div(BigInt(a), BigInt(b)));
      }),
      RUNS,
    );
  });

  test("in quotients of integers", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 21 - 1), fc.nat(2 ** 31 - 1), (a, b) => {
        const exact = reference.div(BigInt(a) << 32n, BigInt(b) << 32n);
        expect(BigInt(ratio(a, b))).toBe(exact);
      }),
      RUNS,
    );
  });

  test("in e^x", () => {
    fc.assert(
      fc.property(raw(-14 * ONE, 14 * ONE), (x) => {
        expect(BigInt(exp(x))).toBe(reference.exp(BigInt(x)));
      }),
      RUNS,
    );
  });

  test("in 1 / (1 + e^x), far beyond the clamp", () => {
    fc.assert(
      fc.property(raw(-170 * ONE, 170 * ONE), (x) => {
        const one = 1n << 32n;
        expect(BigInt(logistic(x))).toBe(reference.div(one, one + reference.exp(BigInt(x))));
      }),
      RUNS,
    );
  });
});

test("a quotient by zero is zero", () => {
  expect(div(ONE, 0)).toBe(0);
  expect(ratio(1, 0)).toBe(0);
});

test("a proportion is stored as u16, rounded down and clamped", () => {
  expect([-1, 0, ONE / 2, ONE - 1, ONE, 2 * ONE].map(toU16)).toEqual([
    0, 0, 32_767, 65_534, 65_535, 65_535,
  ]);
});
