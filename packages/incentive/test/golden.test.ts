import {
  BASE_BONUS_RULES,
  COMPUTE_UNIT_RULES,
  dayOf,
  FEATURE_RULES,
  latestInstances,
  type Member,
  mergeInstances,
  ONE,
  paramsAt,
  type ReportRow,
  type ScoreTable,
  scoreBaseBonus,
  scoreComputeUnits,
  scoreFeatures,
  scoresOf,
  sharesOf,
  toNumber,
  usageOf,
  vectorOf,
  weekBefore,
} from "@neurond/incentive";
import { describe, expect, test } from "vitest";
import { at, DAY, HOUR, instance, invocation, members, SECOND, stretch } from "./world.ts";

const uidsOf = (all: readonly Member[]) => new Map(all.map(({ hotkey, uid }) => [hotkey, uid]));
const numbers = (table: ScoreTable<unknown, unknown>) =>
  table.miners.map(({ share }) => toNumber(share));

function expectClose(actual: readonly number[], expected: readonly number[]) {
  expect(actual).toHaveLength(expected.length);
  for (const [index, value] of expected.entries()) {
    expect(Math.abs((actual[index] ?? Number.NaN) - value)).toBeLessThan(1e-12);
  }
}

describe("generation one on twelve attempts and seven instances", () => {
  const asOf = at("2025-10-15T12:30:00");
  const everybody = members(1, 2, 2);
  const [A = "", B = "", C = ""] = everybody.map(({ hotkey }) => hotkey);
  const t = (minutes: number) => asOf - DAY + minutes * 60 * SECOND;
  const first = { minerHotkey: A, startedAt: t(0), computeMultiplier: 2 };
  const invocations = [
    invocation(first, { nc: 10, steps: 3, masps: 9 }), // 2 x 10
    // The same attempt in the export of the hour before, still in flight.
    invocation({ ...first, completedAt: null, seenAt: t(0) }),
    invocation({ minerHotkey: A, startedAt: t(1), bounty: 100 }, { steps: 10, masps: 0.5 }), // 100 + 5
    invocation(
      { minerHotkey: A, startedAt: t(2), computeMultiplier: 3 },
      { it: 100, ot: 100, maspt: 0.01 },
    ), // 3 x 2
    invocation({ minerHotkey: A, startedAt: t(3), errorMessage: "RATE_LIMIT" }, { nc: 1000 }),
    invocation({ minerHotkey: A, startedAt: t(4), bounty: 50 }, { nc: 7, p: true }), // only 50
    invocation({
      minerHotkey: B,
      startedAt: t(5),
      completedAt: t(5) + 4 * SECOND,
      errorMessage: "",
      computeMultiplier: 2.5,
    }), // 2.5 x 4
    invocation(
      {
        minerHotkey: B,
        startedAt: t(6),
        chuteId: "561e4875-254d-588f-a36f-57c9cdef8961",
      },
      { nc: 9, p: true },
    ), // 9, public by exception
    invocation({ minerHotkey: B, startedAt: t(7), completedAt: null }),
    invocation({ minerHotkey: B, startedAt: t(8), parentInvocationId: "bad" }, { nc: 500 }),
    invocation({ minerHotkey: C, startedAt: t(9) }, { nc: 1 }), // 1
    invocation({ minerHotkey: C, startedAt: t(10), minerUid: -1 }, { nc: 500 }),
  ];
  const reports: readonly ReportRow[] = [
    { parentInvocationId: "bad", confirmedAt: null },
    { parentInvocationId: "bad", confirmedAt: asOf },
    { parentInvocationId: "i-none", confirmedAt: asOf },
  ];
  const ended = { deletedAt: at("2025-10-14T09:00:00"), deletionReason: "miner initialized" };
  const x = { createdAt: at("2025-10-14T00:00:00"), chuteId: "X", minerHotkey: A };
  const instances = [
    // Ten full hours, 00 to 09, four GPUs; in its first report it was alive.
    instance({ ...x, instanceId: "a1" }),
    instance({ ...x, instanceId: "a1", ...ended, seenAt: ended.deletedAt }),
    // Five of these hours, a chute of unknown size: mean (10 x 4 + 5 x 1) / 10 = 4.5, down to 4.
    instance({
      instanceId: "a2",
      minerHotkey: A,
      chuteId: "Y",
      createdAt: at("2025-10-14T00:30:00"),
      deletedAt: at("2025-10-14T05:30:00"),
      deletionReason: "miner initialized",
    }),
    // Private and alive for 50 s: 100 units, 50 seconds, one instance.
    instance({
      instanceId: "a3",
      minerHotkey: A,
      createdAt: asOf - 50 * SECOND,
      billedTo: "u1",
      computeMultiplier: 2,
    }),
    instance({
      ...x,
      instanceId: "b1",
      minerHotkey: B,
      createdAt: at("2025-10-14T00:01:00"),
      deletedAt: at("2025-10-14T04:59:00"),
    }),
    // Private, 100 s of 0.5: 50 units, 100 seconds, one instance.
    instance({
      instanceId: "b2",
      minerHotkey: B,
      createdAt: at("2025-10-14T00:01:00"),
      deletedAt: at("2025-10-14T00:02:40"),
      deletionReason: "user has zero/negative balance (private chute)",
      billedTo: "u2",
      computeMultiplier: 0.5,
    }),
    instance({
      instanceId: "c1",
      minerHotkey: C,
      chuteId: "Z",
      createdAt: at("2025-10-14T00:30:00"),
      deletedAt: at("2025-10-14T02:00:00"),
    }),
  ];
  const inputs = {
    members: everybody,
    usage: usageOf(invocations, reports, weekBefore(asOf)),
    instances: mergeInstances(instances),
    gpuCounts: new Map([["X", 4]]),
  };
  const table = scoreFeatures(inputs, asOf, paramsAt(FEATURE_RULES, asOf));

  test("counts raw features", () => {
    expect(table.miners.map(({ raw }) => raw)).toEqual([
      { computeUnits: 281n * ONE, invocationCount: 53, uniqueChuteCount: 4, bountyCount: 2 },
      { computeUnits: 69n * ONE, invocationCount: 102, uniqueChuteCount: 4, bountyCount: 1 },
      { computeUnits: 1n * ONE, invocationCount: 1, uniqueChuteCount: 1, bountyCount: 0 },
    ]);
  });

  test("normalises: plain shares, and unique chutes below the median by the steeper power", () => {
    const values = table.miners.map((miner) => miner.values);
    expectClose(
      values.map((value) => toNumber(value.computeUnits)),
      [281 / 351, 69 / 351, 1 / 351],
    );
    expectClose(
      values.map((value) => toNumber(value.invocationCount)),
      [53 / 156, 102 / 156, 1 / 156],
    );
    expectClose(
      values.map((value) => toNumber(value.bountyCount)),
      [2 / 3, 1 / 3, 0],
    );
    const c = 2 ** -4.4; // (1 / 4) ^ 2.2
    expectClose(
      values.map((value) => toNumber(value.uniqueChuteCount)),
      [1 / (2 + c), 1 / (2 + c), c / (2 + c)],
    );
  });

  test("pays the better hotkey of a coldkey and divides by what is paid", () => {
    expectClose(numbers(table), [0.639994754249931, 0.3600052457500689, 0]);
    expect(table.miners[2]?.displacedBy).toBe(B);
  });

  test("makes both vectors", () => {
    const scores = scoresOf(table);
    const uids = uidsOf(everybody);
    expect(vectorOf(scores, uids)).toEqual([
      { uid: 0, value: 65_535 },
      { uid: 10, value: 36_864 },
    ]);
    expect(vectorOf(scores, uids, "sum_floor")).toEqual([
      { uid: 0, value: 41_942 },
      { uid: 10, value: 23_592 },
    ]);
  });

  test("weighs by the table of its day", () => {
    const before = paramsAt(FEATURE_RULES, dayOf("2025-08-31"));
    expectClose(
      numbers(scoreFeatures(inputs, asOf, before)),
      [0.6141588027165976, 0.3858411972834024, 0],
    );
  });

  test("credits private instances by the rule that is asked for", () => {
    const units = (privateCredit: "platform_ended" | "not_miner_deleted") =>
      scoreFeatures(inputs, asOf, { ...paramsAt(FEATURE_RULES, asOf), privateCredit }).miners.map(
        ({ raw }) => raw.computeUnits / ONE,
      );
    expect(units("platform_ended")).toEqual([181n, 69n, 1n]);
    expect(units("not_miner_deleted")).toEqual([281n, 69n, 1n]);
  });
});

describe("generation two on nine instances and three attempts", () => {
  const asOf = at("2025-11-20T00:00:00");
  const everybody = members(1, 2, 3, 3);
  const [A = "", B = "", C = "", D = ""] = everybody.map(({ hotkey }) => hotkey);
  const ago = (hours: number) => asOf - hours * HOUR;
  const own = (instanceId: string, minerHotkey: string, hours: number) => ({
    instanceId,
    minerHotkey,
    createdAt: ago(hours),
  });
  const ended = (seconds: number, hours: number, deletionReason: string) => ({
    deletedAt: ago(hours) + seconds * SECOND,
    deletionReason,
  });
  const x = { chuteId: "X", bounty: true };
  const instances = [
    instance({ ...own("a1", A, 10), ...x, computeMultiplier: 2 }), // 36000 x 2
    instance({ ...own("a2", A, 20), ...x, ...ended(7200, 20, "miner initialized") }), // 7200
    instance({ ...own("a3", A, 30), ...x, ...ended(1800, 30, "miner initialized") }), // too short
    instance({
      ...own("b1", B, 5.5),
      ...ended(
        1000,
        5.5,
        "user-defined/private chute instance has not been used since shutdown_after_seconds",
      ),
      billedTo: "u1",
      stopBillingAt: ago(5.5) + 600 * SECOND,
      computeMultiplier: 3,
    }), // 600 x 3
    instance({
      ...own("b2", B, 7.5),
      ...x,
      ...ended(100, 7.5, "account deleted"),
      validTermination: true,
    }), // 100
    instance({ ...own("b3", B, 24 * 9), ...ended(7200, 24 * 9, "miner initialized") }), // too old
    instance({ ...own("c1", C, 24 * 9), chuteId: "Z", computeMultiplier: 0.1 }), // 604800 x 0.1
    instance({ ...own("d1", D, 1) }), // 3600
    instance({
      ...own("d2", D, 2.5),
      ...ended(10, 2.5, "instance d2 has an old version 7"),
      billedTo: "u1",
    }), // 10
  ];
  const invocations = [
    invocation({ minerHotkey: A, startedAt: ago(3) }, { nc: 100 }),
    invocation({
      minerHotkey: A,
      startedAt: ago(4),
      completedAt: ago(4) + 20 * SECOND,
      errorMessage: "Traceback",
    }),
    invocation({ minerHotkey: B, startedAt: ago(3), computeMultiplier: 5 }, { nc: 8, p: true }),
  ];
  const inputs = {
    members: everybody,
    usage: usageOf(invocations, [], weekBefore(asOf)),
    instances: latestInstances(instances),
    gpuCounts: new Map([
      ["X", 8],
      ["Z", 3],
    ]),
  };
  const table = scoreBaseBonus(inputs, asOf, paramsAt(BASE_BONUS_RULES, asOf));

  test("measures base, breadth, demand and bounties", () => {
    const raw = table.miners.map((miner) => miner.raw);
    expect(raw.map(({ base }) => base / ONE)).toEqual([79_200n, 1900n, 60_480n, 3610n]);
    // Eight GPUs in 10 + 3 of 169 hours; three GPUs in all of them.
    expect(raw.map(({ breadth }) => breadth)).toEqual([1, 0, 3, 0]);
    expectClose(
      raw.map(({ demand }) => toNumber(demand)),
      [90.25, 30.25, 0, 0],
    );
    expectClose(
      raw.map(({ bounty }) => toNumber(bounty)),
      [1.8 / 3 ** 0.5, 3 ** -0.5, 0, 0],
    );
  });

  test("normalises what is left after a coldkey's worse hotkey is gone", () => {
    const values = table.miners.map((miner) => miner.values);
    const column = (name: "base" | "breadth" | "demand" | "bounty") =>
      values.map((value) => toNumber(value[name]));
    expectClose(column("base"), [79_200 / 141_580, 1900 / 141_580, 60_480 / 141_580, 0]);
    const third = (1 / 3) ** 1.4;
    expectClose(column("breadth"), [third / (1 + third), 0, 1 / (1 + third), 0]);
    const less = (30.25 / 90.25) ** 1.4;
    expectClose(column("demand"), [1 / (1 + less), less / (1 + less), 0, 0]);
    const few = (1 / 1.8) ** 1.4;
    expectClose(column("bounty"), [1 / (1 + few), few / (1 + few), 0, 0]);
  });

  test("mixes by the parameters of its day", () => {
    expectClose(numbers(table), [0.5618571641047105, 0.02898629015046264, 0.4091565457448269, 0]);
    expect(table.miners[3]?.displacedBy).toBe(C);
    const before = paramsAt(BASE_BONUS_RULES, dayOf("2025-11-11"));
    expectClose(
      numbers(scoreBaseBonus(inputs, asOf, before)),
      [0.5673063717424296, 0.029091495187927766, 0.4036021330696426, 0],
    );
  });

  test("makes both vectors", () => {
    const scores = scoresOf(table);
    expect(vectorOf(scores, uidsOf(everybody)).map(({ value }) => value)).toEqual([
      65_535, 3381, 47_724,
    ]);
    expect(vectorOf(scores, uidsOf(everybody), "sum_floor").map(({ value }) => value)).toEqual([
      36_821, 1899, 26_814,
    ]);
  });
});

describe("generation three on seven instances and six stretches of history", () => {
  const asOf = at("2026-02-01T00:00:00");
  const everybody = members(1, 2, 2, 4);
  const [A = "", B = "", C = "", D = ""] = everybody.map(({ hotkey }) => hotkey);
  const ago = (seconds: number) => asOf - seconds * SECOND;
  const instances = [
    instance({
      instanceId: "a1",
      minerHotkey: A,
      createdAt: ago(7200),
      activatedAt: ago(5400),
      computeMultiplier: 9,
    }),
    // No history and no multiplier: from its creation, times one.
    instance({
      instanceId: "a2",
      minerHotkey: A,
      createdAt: ago(90_060),
      activatedAt: ago(90_000),
      deletedAt: ago(82_800),
      deletionReason: "miner initialized",
      computeMultiplier: null,
    }),
    // Billed and deleted by its miner: everything is forfeited.
    instance({
      instanceId: "a3",
      minerHotkey: A,
      createdAt: ago(90_000),
      deletedAt: ago(9000),
      deletionReason: "miner initialized",
      billedTo: "u1",
      computeMultiplier: 100,
    }),
    instance({ instanceId: "b1", minerHotkey: B, createdAt: ago(864_000) }),
    // Its history ended before the window: its own multiplier counts for all of the week.
    instance({
      instanceId: "b2",
      minerHotkey: B,
      createdAt: ago(700_000),
      computeMultiplier: 0.01,
    }),
    instance({
      instanceId: "c1",
      minerHotkey: C,
      createdAt: ago(100),
      activatedAt: ago(50),
      computeMultiplier: 7,
    }),
    instance({ instanceId: "d1", minerHotkey: D, createdAt: ago(864_000), computeMultiplier: 50 }),
  ];
  const history = [
    stretch("a1", 0.6, ago(7200), ago(5400)), // 1800 x 0.6
    stretch("a1", 2, ago(5400), null), // 5400 x 2
    stretch("a3", 100, ago(90_000), ago(9000)),
    stretch("b1", 0.5, ago(864_000), ago(518_400)), // one day of the week x 0.5
    stretch("b1", 1.5, ago(518_400), ago(432_000)), // one day x 1.5
    stretch("b2", 80, ago(700_000), ago(650_000)),
  ];
  const inputs = { members: everybody, instances, history, blacklist: new Set<string>([D]) };
  const table = scoreComputeUnits(inputs, asOf, paramsAt(COMPUTE_UNIT_RULES, asOf));

  test("adds up time under the multipliers it had", () => {
    expect(table.miners.map(({ raw }) => raw)).toEqual([
      { units: 19_140n * ONE, instances: 2, withoutHistory: 1 },
      { units: 178_848n * ONE, instances: 2, withoutHistory: 1 },
      { units: 700n * ONE, instances: 1, withoutHistory: 1 },
    ]);
    const values = table.miners.map(({ values: { units } }) => toNumber(units));
    expectClose(values, [19_140 / 198_688, 178_848 / 198_688, 700 / 198_688]);
  });

  test("pays the better hotkey of a coldkey and nobody who is blacklisted", () => {
    expectClose(numbers(table), [19_140 / 197_988, 178_848 / 197_988, 0]);
    expect([...sharesOf(table).keys()]).toEqual([A, B]);
  });

  test("makes both vectors", () => {
    const scores = scoresOf(table);
    expect(vectorOf(scores, uidsOf(everybody)).map(({ value }) => value)).toEqual([7013, 65_535]);
    expect(vectorOf(scores, uidsOf(everybody), "sum_floor").map(({ value }) => value)).toEqual([
      6335, 59_199,
    ]);
  });

  test("rounds once: a third against two thirds is a half, and not a little less", () => {
    const alone = [1, 2].map((hours, index) =>
      instance({
        instanceId: `n${hours}`,
        minerHotkey: [A, B][index] ?? A,
        createdAt: ago(3600 * hours),
      }),
    );
    const thirds = scoreComputeUnits(
      { ...inputs, instances: alone },
      asOf,
      paramsAt(COMPUTE_UNIT_RULES, asOf),
    );
    const values = vectorOf(scoresOf(thirds), uidsOf(everybody)).map(({ value }) => value);
    expect(values).toEqual([32_768, 65_535]);
    const shares = vectorOf(sharesOf(thirds), uidsOf(everybody)).map(({ value }) => value);
    expect(shares).toEqual([32_767, 65_535]);
  });

  test("says so when nobody earned anything", () => {
    const nothing = scoreComputeUnits(
      { ...inputs, instances: [] },
      asOf,
      paramsAt(COMPUTE_UNIT_RULES, asOf),
    );
    expect(nothing).toEqual({ asOf, miners: [], total: 0n });
    expect(vectorOf(scoresOf(nothing), uidsOf(everybody))).toEqual([]);
  });
});
