import {
  betaShare,
  binomialTail,
  chiSquare,
  chiSquareTail,
  gammaTail,
  logGamma,
  normalTail,
  omissionBound,
} from "@neurond/incentive";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const relative = (actual: number, expected: number) => Math.abs(actual / expected - 1);

describe("published values", () => {
  // NIST/SEMATECH e-Handbook 1.3.6.7.4: upper critical values of chi-square, printed to three decimals.
  test.each([
    [1, 3.841, 0.05],
    [2, 9.21, 0.01],
    [5, 11.07, 0.05],
    [10, 18.307, 0.05],
    [10, 29.588, 0.001],
    [30, 43.773, 0.05],
    [100, 124.342, 0.05],
    [100, 135.807, 0.01],
  ])("chi-square with %i degrees exceeds %d with probability %d", (degrees, critical, p) => {
    expect(chiSquareTail(critical - 0.0005, degrees)).toBeGreaterThan(p);
    expect(chiSquareTail(critical + 0.0005, degrees)).toBeLessThan(p);
  });

  // NIST/SEMATECH e-Handbook 1.3.6.7.1, and tables of the normal distribution.
  test.each([
    [0, 0.5],
    [1, 0.158655253931457],
    [1.96, 0.0249978951482204],
    [3, 0.00134989803163009],
    [6, 9.86587645037698e-10],
    [-1, 0.841344746068543],
  ])("a normal value is at least %d with probability %d", (z, p) => {
    expect(relative(normalTail(z), p)).toBeLessThan(1e-12);
  });

  test("the gamma function at halves, whole numbers and large ones", () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 13);
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
    // Stirling's series.
    expect(relative(logGamma(1e6), 12_815_504.569_147_613)).toBeLessThan(1e-13);
  });

  test("eight heads or more of ten have 56 chances in 1024", () => {
    expect(relative(binomialTail(8, 10, 0.5), 56 / 1024)).toBeLessThan(1e-13);
  });
});

describe("identities", () => {
  test("chi-square with an even number of degrees is a sum of Poisson terms", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 2000 }),
        (k, tenths) => {
          const x = tenths / 10;
          let [term, sum] = [Math.exp(-x / 2), 0];
          for (let n = 0; n < k; n++) {
            sum += term;
            term *= x / 2 / (n + 1);
          }
          expect(Math.abs(chiSquareTail(x, 2 * k) - sum)).toBeLessThan(1e-12 + sum * 1e-11);
        },
      ),
    );
  });

  test("a binomial tail is the sum of its terms", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.nat(40),
        fc.integer({ min: 1, max: 999 }),
        (n, k, p) => {
          const rate = p / 1000;
          let [term, sum] = [(1 - rate) ** n, 0];
          for (let hits = 0; hits <= n; hits++) {
            if (hits >= k) sum += term;
            term *= ((n - hits) / (hits + 1)) * (rate / (1 - rate));
          }
          expect(Math.abs(binomialTail(k, n, rate) - sum)).toBeLessThan(1e-12);
        },
      ),
    );
  });

  test("nothing leaves the range of a probability, however extreme", () => {
    const any = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(any, any, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, x) => {
        for (const p of [gammaTail(a, b), betaShare(x, a, b)]) {
          expect(p).toBeGreaterThanOrEqual(-1e-12);
          expect(p).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
    );
  });
});

test("cells that expect fewer than five are tested together", () => {
  const cell = (observed: number, expected: number) => ({ observed, expected });
  const test_ = chiSquare([cell(30, 20), cell(10, 20), cell(1, 3), cell(3, 3)]);
  expect(test_.statistic).toBeCloseTo(5 + 5 + 4 / 6, 12);
  expect(test_.degrees).toBe(2);
  expect(test_.effect).toBeCloseTo(Math.sqrt((10 + 4 / 6) / 44), 12);
  expect(chiSquare([cell(30, 30)])).toMatchObject({ statistic: 0, degrees: 0, pValue: 1 });
  expect(chiSquare([])).toEqual({ statistic: 0, degrees: 0, pValue: 1, effect: 0 });
});

describe("what a sample of probes bounds", () => {
  // Clopper and Pearson's limits, one-sided 95 %: 1 - 0.05^(1/n) for none; tables for some.
  test.each([
    [10, 0, 0.258_865_6],
    [100, 0, 0.029_513_05],
    [10_000, 0, 0.000_299_528_4],
    [10, 1, 0.394_163_5],
    [20, 2, 0.282_618_9],
    [10, 10, 1],
  ])("of %i probes %i missing: at most %d", (judged, missing, upper) => {
    expect(relative(omissionBound(judged, missing).upper, upper)).toBeLessThan(1e-5);
  });

  test("the rule of three is close to it and never below", () => {
    const bound = omissionBound(10_000, 0);
    expect(bound.ruleOfThree).toBe(0.0003);
    expect(bound.upper).toBeLessThan(0.0003);
    expect(omissionBound(10_000, 1).ruleOfThree).toBeNull();
    expect(omissionBound(0, 0)).toMatchObject({ upper: 1, ruleOfThree: null });
  });

  test("at the bound, as few missing has exactly the probability that is left", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5000 }), fc.nat(20), (judged, some) => {
        const missing = Math.min(some, judged - 1);
        const { upper } = omissionBound(judged, missing);
        expect(1 - binomialTail(missing + 1, judged, upper)).toBeCloseTo(0.05, 9);
      }),
    );
  });
});
