import {
  type CounterInputs,
  counterAgreement,
  counterLine,
  coverageLine,
  coverageOf,
  type HourCount,
  instanceAgreement,
  type Span,
  type StatedInstance,
} from "@neurond/incentive";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, DAY, HOUR, SECOND } from "./world.ts";

const asOf = at("2025-10-15T12:00:00");
const slice = (hoursAgo: number): Span => ({
  start: asOf - hoursAgo * HOUR,
  end: asOf - (hoursAgo - 1) * HOUR,
});
const week = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, index) => slice(from - index));

describe("coverage", () => {
  test("167 hours are all of them: the number of old and ours are the same", () => {
    const coverage = coverageOf(week(168, 2), asOf);
    expect(coverage).toMatchObject({
      coveredSeconds: 601_200,
      legacySeconds: 601_200,
      ratio: 1_000_000,
      isFull: true,
      gaps: [],
      overlaps: [],
    });
    expect(coverageLine("hk", coverage)).toBe(
      "Miner hk has full audit report coverage [601200 seconds]",
    );
  });

  test("168 hours are full, although the sum of old is not the one expected", () => {
    const coverage = coverageOf(week(168, 1), asOf);
    expect(coverage).toMatchObject({
      isFull: true,
      coveredSeconds: 601_200,
      legacySeconds: 604_800,
    });
    expect(coverageLine("hk", coverage)).toBe(
      "Miner hk has full audit report coverage [601200 seconds]",
    );
  });

  test("an hour missing is a gap, and one repeated does not fill it", () => {
    const slices = [...week(168, 2).filter((_, index) => index !== 100), slice(5)];
    const coverage = coverageOf(slices, asOf);
    expect(coverage).toMatchObject({
      coveredSeconds: 597_600,
      legacySeconds: 601_200,
      ratio: 994_011,
      isFull: false,
      gaps: [slice(68)],
      overlaps: [slice(5)],
    });
    expect(coverageLine("hk", coverage)).toBe(
      "Miner hk is missing some audit report data: expecting 601200 seconds but have 597600",
    );
  });

  test("slices outside the week and reversed ones count for nothing", () => {
    const reversed = { start: slice(3).end, end: slice(3).start };
    const coverage = coverageOf([reversed, slice(500), slice(1)], asOf);
    expect(coverage.coveredSeconds).toBe(0);
    expect(coverage.gaps).toEqual([{ start: asOf - 7 * DAY, end: asOf - HOUR }]);
  });

  test("what is covered and the gaps make up the whole, in any order of slices", () => {
    const anySlice = fc
      .tuple(fc.integer({ min: 0, max: 180 * 3600 }), fc.integer({ min: -3600, max: 90_000 }))
      .map(([ago, length]) => ({
        start: asOf - ago * SECOND,
        end: asOf - ago * SECOND + length * SECOND,
      }));
    fc.assert(
      fc.property(fc.array(anySlice, { maxLength: 30 }), (slices) => {
        const coverage = coverageOf(slices, asOf);
        const missing = coverage.gaps.reduce((sum, { start, end }) => sum + (end - start), 0);
        expect(coverage.coveredSeconds + missing / SECOND).toBe(601_200);
        const covers = (t: number) =>
          slices.filter(({ start, end }) => start <= t && t < end).length;
        for (const { start, end } of coverage.gaps) {
          expect([covers(start), covers(end - 1)]).toEqual([0, 0]);
        }
        for (const { start, end } of coverage.overlaps) {
          expect(Math.min(covers(start), covers(end - 1))).toBeGreaterThan(1);
        }
        expect(coverageOf(slices.toReversed(), asOf)).toEqual(coverage);
      }),
    );
  });
});

describe("a miner's counters beside the export", () => {
  const hours = week(30, 1).map(({ start }) => start);
  const counts = (each: number, chuteId = "X"): HourCount[] =>
    hours.map((hour) => ({ hour, chuteId, functionName: "chat", count: each }));
  const inputs = (change: Partial<CounterInputs>): CounterInputs => ({
    reported: counts(95),
    reportedHours: new Map(hours.map((hour) => [hour, 5 * HOUR])),
    audited: counts(100),
    auditedHours: new Set(hours),
    ...change,
  });

  test("a little less is normal", () => {
    const agreement = counterAgreement(inputs({}));
    expect(agreement.verdict).toBe("agrees");
    expect(agreement.comparable).toEqual({
      reported: 2850,
      audited: 3000,
      ratio: 950_000,
      hours: 30,
    });
    expect(counterLine("hk", agreement)).toBe(
      "Miner hk reported 2850 vs audit 3000: agreement ratio 0.9500",
    );
  });

  test("much less is a warning, and more than the validator shows is the serious case", () => {
    expect(counterAgreement(inputs({ reported: counts(89) })).verdict).toBe("low");
    expect(counterAgreement(inputs({ reported: counts(105) })).verdict).toBe("agrees");
    expect(counterAgreement(inputs({ reported: counts(106) })).verdict).toBe("hidden");
    expect(counterAgreement(inputs({ audited: [] })).verdict).toBe("hidden");
  });

  test("a day is needed for an alert; hours without an hour of counting do not count", () => {
    const few = new Map(hours.map((hour, index) => [hour, index < 23 ? HOUR : HOUR - 1]));
    const agreement = counterAgreement(inputs({ reported: counts(200), reportedHours: few }));
    expect(agreement.comparable).toEqual({
      reported: 4600,
      audited: 2300,
      ratio: 500_000,
      hours: 23,
    });
    expect(agreement.verdict).toBe("low");
    const unknown = new Map(hours.map((hour) => [hour, null]));
    expect(counterAgreement(inputs({ reportedHours: unknown })).verdict).toBe("no_data");
  });

  test("functions are compared one by one", () => {
    const reported = [...counts(10), ...counts(7, "Y")];
    const audited = [...counts(10), ...counts(3, "Z")];
    expect(counterAgreement(inputs({ reported, audited })).functions).toEqual([
      { chuteId: "X", functionName: "chat", reported: 300, audited: 300, ratio: 1_000_000 },
      { chuteId: "Y", functionName: "chat", reported: 210, audited: 0, ratio: null },
      { chuteId: "Z", functionName: "chat", reported: 0, audited: 90, ratio: null },
    ]);
  });

  test("the line of old says when a side has nothing", () => {
    const agreement = counterAgreement(inputs({ reported: [] }));
    expect(counterLine("hk", agreement)).toBe("Miner hk has no reported metrics...");
    expect(counterLine("hk", counterAgreement(inputs({ reported: counts(100) })))).toContain(
      "ratio 1.0000",
    );
  });
});

describe("a miner's instances beside the validator's", () => {
  const stated = (instanceId: string, change: Partial<StatedInstance> = {}): StatedInstance => ({
    instanceId,
    minerHotkey: "hk",
    createdAt: asOf - 20 * HOUR,
    activatedAt: asOf - 10 * HOUR,
    deletedAt: null,
    computeMultiplier: 1,
    ...change,
  });
  const agreement = (mine: readonly StatedInstance[], theirs: readonly StatedInstance[]) =>
    instanceAgreement(mine, theirs, asOf)[0];

  test("the same on both sides is no reason for anything", () => {
    const skewed = stated("a", {
      createdAt: asOf - 20 * HOUR + 300 * SECOND,
      computeMultiplier: 1.01,
    });
    expect(agreement([skewed], [stated("a", { computeMultiplier: null })])).toEqual({
      hotkey: "hk",
      total: 1,
      both: 1,
      minerOnly: [],
      validatorOnly: [],
      timeMismatches: [],
      multiplierMismatches: [],
      minerSeconds: 36_000,
      validatorSeconds: 36_000,
      activeRatio: 1_000_000,
      warnings: [],
    });
  });

  test("times five minutes apart and multipliers a hundredth apart are still the same", () => {
    const late = stated("a", {
      activatedAt: asOf - 10 * HOUR + 301 * SECOND,
      computeMultiplier: 1.011,
    });
    const found = agreement([late, stated("b", { deletedAt: asOf })], [stated("a"), stated("b")]);
    expect(found).toMatchObject({ timeMismatches: ["a", "b"], multiplierMismatches: ["a"] });
  });

  test("an instance that only the validator has is worse than one that only the miner has", () => {
    const both = Array.from({ length: 8 }, (_, index) => stated(`n${index}`));
    expect(agreement(both, [...both, stated("x")])?.warnings).toEqual(["VALIDATOR_ONLY"]);
    expect(agreement([...both, stated("x")], both)?.warnings).toEqual(["MINER_ONLY"]);
    expect(
      agreement([...both, stated("x")], [...both, stated("x"), stated("y")])?.warnings,
    ).toEqual([]);
    expect(agreement([stated("x")], [])?.warnings).toEqual(["ACTIVE_TIME"]);
  });

  test("what a miner never reports is not held against it", () => {
    const mine = [stated("a"), stated("b")].map((row) => ({
      ...row,
      activatedAt: null,
      computeMultiplier: null,
    }));
    const theirs = [stated("a", { computeMultiplier: 3 }), stated("b")];
    expect(agreement(mine, theirs)).toMatchObject({
      timeMismatches: [],
      multiplierMismatches: [],
      activeRatio: null,
      warnings: [],
    });
    const some = [stated("a", { computeMultiplier: 3 }), ...mine.slice(1)];
    expect(agreement(some, theirs)).toMatchObject({ timeMismatches: ["b"], activeRatio: 500_000 });
  });

  test("instances created before the week are not compared", () => {
    expect(instanceAgreement([stated("a", { createdAt: asOf - 8 * DAY })], [], asOf)).toEqual([]);
  });
});
