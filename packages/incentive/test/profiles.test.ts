import {
  addUsage,
  BASE_BONUS_RULES,
  COMPUTE_UNIT_RULES,
  FEATURE_RULES,
  type HistoryRow,
  type InstanceRow,
  type InvocationRow,
  latestInstances,
  mergeInstances,
  NO_USAGE,
  newestHistory,
  type ReportRow,
  scoreBaseBonus,
  scoreComputeUnits,
  scoreFeatures,
  sharesOf,
  type Usage,
  usageOf,
  weekBefore,
} from "@neurond/incentive";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  largestGap,
  oracleBaseBonus,
  oracleComputeUnits,
  oracleFeatures,
  type Week,
} from "./oracle.ts";
import { at, DAY, HOUR, instance, members } from "./world.ts";

const asOf = at("2025-11-20T07:00:00");
const everybody = members(1, 2, 2, 3, 4, 4);
const stranger = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
const [FEATURES, BASE_BONUS, COMPUTE_UNITS] = [
  FEATURE_RULES.at(-1)?.params,
  BASE_BONUS_RULES.at(-1)?.params,
  COMPUTE_UNIT_RULES.at(-1)?.params,
];
if (!FEATURES || !BASE_BONUS || !COMPUTE_UNITS) throw new Error("a table of rules is empty");

const anyHotkey = fc.constantFrom(...everybody.map(({ hotkey }) => hotkey), stranger);
const anyChute = fc.constantFrom("X", "Y", "Z", "561e4875-254d-588f-a36f-57c9cdef8961");
const within = (from: number, to: number) => fc.integer({ min: asOf + from, max: asOf + to });
const anyTime = within(-9 * DAY, 0);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 2 });
// Irregular, and of the sizes that exports hold: what is below 10^-12 counts for nothing.
const double = (min: number, max: number) =>
  fc.integer({ min: Math.ceil(min * 9973), max: Math.floor(max * 9973) }).map((n) => n / 9973);

const anyMetrics = fc.record(
  {
    p: fc.boolean(),
    nc: maybe(double(0, 500)),
    steps: maybe(fc.integer({ min: 0, max: 50 })),
    masps: maybe(double(0.05, 0.8)),
    it: maybe(fc.integer({ min: 0, max: 30_000 })),
    ot: maybe(fc.integer({ min: 0, max: 8000 })),
    maspt: maybe(double(0.0005, 0.02)),
  },
  { requiredKeys: [] },
);

const anyInvocation: fc.Arbitrary<InvocationRow> = fc
  .record({
    parent: fc.nat(12),
    id: fc.nat(60),
    seconds: maybe(fc.integer({ min: 0, max: 200_000_000 })),
    seen: fc.nat(1_000_000),
    chuteId: anyChute,
    minerUid: fc.constantFrom(-1, 1, 2, 3, 4),
    minerHotkey: anyHotkey,
    startedAt: anyTime,
    errorMessage: fc.constantFrom(null, null, "", "RATE_LIMIT", "Traceback\n'x'"),
    computeMultiplier: double(0.1, 60),
    bounty: fc.constantFrom(0, 0, 0, 100, 800),
    metrics: maybe(anyMetrics),
  })
  .map(({ parent, id, seconds, seen, ...row }) => ({
    ...row,
    parentInvocationId: `p${parent}`,
    invocationId: `i${id}`,
    functionName: "chat",
    instanceId: "i",
    completedAt: seconds === null ? null : row.startedAt + seconds,
    // Different for each version, so that the oracle needs no rule for ties.
    seenAt: row.startedAt + seen,
  }));

const anyReport: fc.Arbitrary<ReportRow> = fc.record({
  parentInvocationId: fc.nat(12).map((id) => `p${id}`),
  confirmedAt: fc.constantFrom(null, null, null, asOf),
});

const anyInstance: fc.Arbitrary<InstanceRow> = fc
  .record({
    id: fc.nat(15),
    createdAt: anyTime,
    wait: maybe(fc.integer({ min: 0, max: HOUR })),
    life: maybe(fc.integer({ min: 0, max: 3 * DAY })),
    bill: maybe(fc.integer({ min: 0, max: 3 * DAY })),
    seen: fc.nat(1_000_000),
    minerHotkey: anyHotkey,
    chuteId: anyChute,
    billedTo: fc.constantFrom(null, null, "u1", "u2"),
    computeMultiplier: maybe(double(0.1, 60)),
    bounty: fc.boolean(),
    validTermination: fc.constantFrom(false, false, false, true),
    deletionReason: fc.constantFrom(
      "miner initialized",
      "max consecutive failures 3 reached",
      "instance 7 has an old version",
      "user has zero/negative balance (private chute)",
    ),
  })
  .map(({ id, wait, life, bill, seen, deletionReason, createdAt, ...row }) => ({
    ...instance({ instanceId: `n${id}`, minerHotkey: row.minerHotkey, createdAt }),
    ...row,
    activatedAt: wait === null ? null : createdAt + wait,
    deletedAt: life === null ? null : createdAt + (wait ?? 0) + life,
    deletionReason: life === null ? null : deletionReason,
    stopBillingAt: bill === null ? null : createdAt + bill,
    seenAt: createdAt + seen,
  }));

const anyStretch: fc.Arbitrary<HistoryRow> = fc
  .record({
    instanceId: fc.nat(15).map((id) => `n${id}`),
    computeMultiplier: double(0.1, 60),
    startedAt: anyTime,
    length: maybe(fc.integer({ min: 0, max: 2 * DAY })),
    seen: fc.nat(1_000_000),
  })
  .map(({ length, seen, ...row }) => ({
    ...row,
    endedAt: length === null ? null : row.startedAt + length,
    seenAt: row.startedAt + seen,
  }));

const distinctBy = <T extends { readonly seenAt: number }>(key: (row: T) => string) => ({
  selector: (row: T) => `${key(row)} ${row.seenAt}`,
});

const anyWeek: fc.Arbitrary<Week> = fc.record({
  asOf: fc.constant(asOf),
  members: fc.constant(everybody),
  invocations: fc.uniqueArray(anyInvocation, {
    ...distinctBy<InvocationRow>(({ invocationId }) => invocationId),
    maxLength: 40,
  }),
  reports: fc.array(anyReport, { maxLength: 4 }),
  instances: fc.uniqueArray(anyInstance, {
    ...distinctBy<InstanceRow>(({ instanceId }) => instanceId),
    maxLength: 25,
  }),
  history: fc.array(anyStretch, { maxLength: 30 }),
  gpuCounts: fc.constant(
    new Map([
      ["X", 8],
      ["Y", 2],
    ]),
  ),
});

const blacklist = new Set<string>([everybody[3]?.hotkey ?? ""]);

function scoreAll(week: Week) {
  const usage = usageOf(week.invocations, week.reports, weekBefore(asOf));
  const latest = { ...week, usage, instances: latestInstances(week.instances) };
  const merged = { ...week, usage, instances: mergeInstances(week.instances) };
  const history = newestHistory(week.history);
  return {
    features: scoreFeatures(merged, asOf, FEATURES ?? never()),
    baseBonus: scoreBaseBonus(latest, asOf, BASE_BONUS ?? never()),
    computeUnits: scoreComputeUnits(
      { ...latest, history, blacklist },
      asOf,
      COMPUTE_UNITS ?? never(),
    ),
  };
}

function never(): never {
  throw new Error("a table of rules is empty");
}

describe("every generation, against plain loops in doubles over the rows", () => {
  test("has the same shares to a billionth", () => {
    fc.assert(
      fc.property(anyWeek, (week) => {
        const { features, baseBonus, computeUnits } = scoreAll(week);
        const gaps = [
          largestGap(sharesOf(features), oracleFeatures(week, FEATURES)),
          largestGap(sharesOf(baseBonus), oracleBaseBonus(week, BASE_BONUS)),
          largestGap(sharesOf(computeUnits), oracleComputeUnits(week, blacklist)),
        ];
        expect(Math.max(...gaps)).toBeLessThan(1e-9);
      }),
      { numRuns: 300 },
    );
  });
});

test("any order of arrival gives the same bits, with repetitions and with two versions in one report", () => {
  const anyShuffled = anyWeek.chain((week) => {
    // Rounding the time of sight makes ties between versions frequent.
    const coarse = <R extends { readonly seenAt: number }>(rows: readonly R[]) =>
      rows.map((row) => ({ ...row, seenAt: Math.floor(row.seenAt / DAY) * DAY }));
    const tied: Week = {
      ...week,
      invocations: coarse(week.invocations),
      instances: coarse(week.instances),
      history: coarse(week.history),
    };
    const shuffle = <R>(rows: readonly R[]) =>
      fc.shuffledSubarray([...rows, ...rows], { minLength: 2 * rows.length });
    return fc.record({
      week: fc.constant(tied),
      other: fc.record({
        asOf: fc.constant(asOf),
        members: fc.shuffledSubarray([...everybody], { minLength: everybody.length }),
        invocations: shuffle(tied.invocations),
        reports: shuffle(tied.reports),
        instances: shuffle(tied.instances),
        history: shuffle(tied.history),
        gpuCounts: fc.constant(new Map([...tied.gpuCounts].reverse())),
      }),
    });
  });
  fc.assert(
    fc.property(anyShuffled, ({ week, other }) => {
      expect(scoreAll(other)).toEqual(scoreAll(week));
    }),
    { numRuns: 200 },
  );
});

test("shares are one in all, but for the rounding of each", () => {
  fc.assert(
    fc.property(anyWeek, (week) => {
      for (const table of Object.values(scoreAll(week))) {
        const whole = table.miners.reduce((sum, { share }) => sum + share, 0n);
        const off = table.total === 0n ? whole : 10n ** 18n - whole;
        expect(Math.abs(Number(off))).toBeLessThanOrEqual(table.miners.length);
      }
    }),
  );
});

test("hours of usage add up to the usage of all of them, and one can be taken off again", () => {
  fc.assert(
    fc.property(anyWeek, within(-7 * DAY, -1), ({ invocations, reports }, middle) => {
      const { start, end } = weekBefore(asOf);
      const part = (from: number, to: number) =>
        usageOf(invocations, reports, { start: from, end: to });
      const sum = new Map<string, Usage>();
      for (const usage of [part(start, middle), part(middle, end)]) {
        for (const [hotkey, value] of usage) {
          sum.set(hotkey, addUsage(sum.get(hotkey) ?? NO_USAGE, value));
        }
      }
      const sorted = (usage: ReadonlyMap<string, Usage>) =>
        [...usage].sort(([a], [b]) => (a < b ? -1 : 1));
      expect(sorted(sum)).toEqual(sorted(part(start, end)));
    }),
  );
});

test("numbers that nobody can have earned earn nothing", () => {
  const [first] = everybody;
  const hotkey = first?.hotkey ?? never();
  for (const computeMultiplier of [Number.NaN, Infinity, -5, 1e300]) {
    const odd = instance({
      instanceId: "n",
      minerHotkey: hotkey,
      createdAt: asOf - DAY,
      computeMultiplier,
    });
    const inputs = { members: everybody, instances: [odd], history: [], blacklist };
    expect(scoreComputeUnits(inputs, asOf, COMPUTE_UNITS).total).toBe(0n);
  }
});
