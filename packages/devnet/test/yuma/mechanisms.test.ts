import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type EpochOutput, runEpoch } from "../../src/yuma/epoch.ts";
import { mergeMechanisms, splitEmission } from "../../src/yuma/mechanisms.ts";
import { epochInput } from "./arbitrary.ts";

const output = (value: number, flag: boolean, rao: bigint): EpochOutput => ({
  active: [flag],
  consensus: [value],
  incentive: [value],
  dividends: [value],
  validatorTrust: [value],
  validatorPermit: [flag],
  stakeWeight: [value],
  bonds: [],
  emission: [rao],
  serverEmission: [rao],
  validatorEmission: [rao],
});

describe("the emission of a subnet", () => {
  test("is split evenly unless a split is set, the remainder to mechanism 0", () => {
    expect(splitEmission(10n, 3, undefined)).toEqual([4n, 3n, 3n]);
    expect(splitEmission(65_536n, 2, [16_384, 49_151])).toEqual([16_385n, 49_151n]);
  });

  test("goes nowhere else when the split names fewer mechanisms", () => {
    expect(splitEmission(100n, 3, [65_535])).toEqual([100n, 0n, 0n]);
  });

  test("is never changed by splitting it", () => {
    const split = fc.nat(65_535).map((first) => [first, 65_535 - first]);
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.option(split, { nil: undefined }), (rao, s) => {
        expect(splitEmission(rao, 2, s).reduce((a, b) => a + b, 0n)).toBe(rao);
      }),
    );
  });
});

describe("the terms of several mechanisms", () => {
  test("are means weighted by emission, each mechanism's part rounded down", () => {
    const merged = mergeMechanisms([output(101, true, 75n), output(50, false, 25n)], [75n, 25n]);
    expect(merged.consensus).toEqual([75 + 12]);
    expect(merged.active).toEqual([true]);
    expect(merged.validatorPermit).toEqual([true]);
    expect(merged.serverEmission).toEqual([100n]);
    expect(merged.emission).toEqual([56n + 6n]);
  });

  test("are those of mechanism 0 when there is no emission", () => {
    const merged = mergeMechanisms([output(9, false, 0n), output(7, true, 0n)], [0n, 0n]);
    expect(merged.dividends).toEqual([9]);
    expect(merged.active).toEqual([true]);
  });

  test("are its own when there is one mechanism", () => {
    fc.assert(
      fc.property(epochInput({ min: 1, max: 6 }), (input) => {
        const { incentive: _, bonds: __, ...terms } = runEpoch(input);
        expect(mergeMechanisms([runEpoch(input)], [input.emission])).toEqual(terms);
      }),
    );
  });
});
