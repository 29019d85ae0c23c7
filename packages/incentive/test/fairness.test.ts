import {
  bountyClusters,
  chuteShares,
  type InstanceHour,
  type InstanceRow,
  multiplierAnomalies,
  ownerRates,
  ownerShares,
  type StatedMultiplier,
  selfDealing,
  selfDeletions,
} from "@neurond/incentive";
import { describe, expect, test } from "vitest";
import { at, DAY, HOUR, instance } from "./world.ts";

const asOf = at("2025-10-15T12:00:00");

/** Requests of 24 hours for four instances of one chute, each of another owner. */
function day(requests: readonly number[], change: Partial<InstanceHour> = {}): InstanceHour[] {
  return Array.from({ length: 24 }, (_, n) => n).flatMap((n) =>
    requests.map((count, index) => ({
      chuteId: "X",
      hour: asOf - n * HOUR,
      instanceId: `i${index}`,
      hotkey: `h${index}`,
      coldkey: `c${index}`,
      requests: count,
      active: HOUR,
      meanSeconds: 2,
      ...change,
    })),
  );
}

describe("the share of requests", () => {
  test("is fair where each gets about as many as the others", () => {
    const [chute] = chuteShares(day([101, 99, 100, 100]));
    expect(chute).toMatchObject({ chuteId: "X", requests: 9600, degrees: 3, isRemarkable: false });
    expect(chute?.statistic).toBeCloseTo((2 * 24 * 24) / 2400, 9);
    expect(ownerShares(day([101, 99, 100, 100])).some((owner) => owner.isRemarkable)).toBe(false);
  });

  test("is not where one gets half as many again", () => {
    const [chute] = chuteShares(day([150, 83, 83, 84]));
    expect(chute?.isRemarkable).toBe(true);
    const owners = ownerShares(day([150, 83, 83, 84]));
    expect(owners.map(({ isRemarkable }) => isRemarkable)).toEqual([true, false, false, false]);
    expect(owners[0]).toMatchObject({ coldkey: "c0", observed: 3600, expected: 2400, ratio: 1.5 });
    expect(owners[0]?.pValue).toBeLessThan(1e-100);
  });

  test("is expected by speed and by time: twice as fast gets twice as many, half an hour half", () => {
    const hours = day([200, 100, 100, 50]).map((row) => ({
      ...row,
      meanSeconds: row.instanceId === "i0" ? 1 : 2,
      active: row.instanceId === "i3" ? HOUR / 2 : HOUR,
    }));
    const [chute] = chuteShares(hours);
    expect(chute?.statistic).toBeCloseTo(0, 9);
    // Without speeds only time is left, and the fast one stands out.
    expect(chuteShares(hours.map((row) => ({ ...row, meanSeconds: null })))[0]?.isRemarkable).toBe(
      true,
    );
  });

  test("with very many requests a tiny difference is significant and yet nothing", () => {
    const [chute] = chuteShares(day([101_000, 99_000, 100_000, 100_000]));
    expect(chute?.pValue).toBeLessThan(1e-9);
    expect(chute?.isRemarkable).toBe(false);
  });

  test("does not depend on the order of rows", () => {
    const hours = [...day([150, 83, 83, 84]), ...day([7, 9], { chuteId: "Y", active: 1 })];
    expect(chuteShares(hours.toReversed())).toEqual(chuteShares(hours));
    expect(ownerShares(hours.toReversed())).toEqual(ownerShares(hours));
    expect(chuteShares([])).toEqual([]);
    expect(chuteShares(day([0, 0]).map((row) => ({ ...row, active: 0 })))).toEqual([]);
  });
});

describe("what happens to one owner more than to others", () => {
  const tally = (coldkey: string, hits: number, trials: number) => ({ coldkey, hits, trials });

  test("is measured by the rate of the others", () => {
    const rates = ownerRates([
      tally("a", 30, 30),
      tally("c", 1, 50),
      tally("b", 4, 48),
      tally("a", 10, 20),
    ]);
    expect(rates).toMatchObject([
      { coldkey: "a", hits: 40, trials: 50, expected: 3, isRemarkable: true },
      { coldkey: "b", isRemarkable: false },
      { coldkey: "c", isRemarkable: false },
    ]);
  });

  test("says nothing of few, and of a difference that is small", () => {
    const [few] = ownerRates([tally("a", 19, 19), tally("b", 0, 500)]);
    expect(few?.pValue).toBeLessThan(1e-9);
    expect(few?.isRemarkable).toBe(false);
    const [slight] = ownerRates([tally("a", 1_100_000, 10_000_000), tally("b", 1e6, 1e7)]);
    expect(slight?.pValue).toBeLessThan(1e-9);
    expect(slight?.isRemarkable).toBe(false);
  });
});

describe("instances", () => {
  const owners = new Map([
    ["h0", "greedy"],
    ["h1", "greedy"],
    ["h2", "plain"],
    ["h3", "plain"],
  ]);
  const many = (hotkey: string, count: number, change: (n: number) => Partial<InstanceRow>) =>
    Array.from({ length: count }, (_, n) =>
      instance({
        instanceId: `${hotkey}-${n}`,
        minerHotkey: hotkey,
        createdAt: asOf - 3 * DAY + n * 20 * 60_000_000,
        ...change(n),
      }),
    );

  test("with a bounty cluster at an owner, and in an hour", () => {
    const instances = [
      ...many("h0", 15, (n) => ({ bounty: n < 12 })),
      ...many("h1", 15, (n) => ({ bounty: n < 12 })),
      ...many("h2", 60, (n) => ({ bounty: n === 0 })),
      ...many("stranger", 60, () => ({ bounty: true })),
    ];
    const [greedy, plain] = bountyClusters(instances, owners);
    // Three of each hotkey start within an hour of twenty-minute steps.
    expect(greedy).toMatchObject({
      coldkey: "greedy",
      hits: 24,
      trials: 30,
      burst: 6,
      isRemarkable: true,
    });
    expect(plain).toMatchObject({ coldkey: "plain", hits: 1, burst: 1, isRemarkable: false });
  });

  test("that miners delete themselves stand out, most of all after a bounty", () => {
    const ended =
      (minutes: number, deletionReason: string, bounty = false) =>
      (n: number) => ({
        deletedAt: asOf - 3 * DAY + n * 20 * 60_000_000 + minutes * 60_000_000,
        deletionReason,
        bounty,
      });
    const instances = [
      ...many("h0", 30, ended(30, "miner initialized", true)),
      ...many("h1", 10, () => ({})),
      ...many("h2", 40, ended(600, "max consecutive failures 3 reached")),
      ...many("h3", 2, ended(500, "miner initialized", true)),
    ];
    const [greedy, plain] = selfDeletions(instances, owners);
    expect(greedy).toMatchObject({
      hits: 30,
      trials: 30,
      short: 30,
      afterBounty: 30,
      isRemarkable: true,
    });
    expect(plain).toMatchObject({
      hits: 2,
      trials: 42,
      short: 0,
      afterBounty: 0,
      isRemarkable: false,
    });
  });

  test("paid for by their own miner are named, and users who go to one owner only", () => {
    const served = (id: string, minerHotkey: string, billedTo: string, hours: number) =>
      instance({ instanceId: id, minerHotkey, billedTo, createdAt: asOf - hours * HOUR });
    const instances = [
      served("1", "h0", "u-own", 1),
      served("2", "h0", "u-loyal", 30),
      served("3", "h1", "u-loyal", 20),
      served("4", "h2", "u-open", 40),
      served("5", "h3", "u-open", 1),
      served("6", "h4", "u-open", 40),
      served("7", "h5", "u-brief", 23),
    ];
    const all = new Map([...owners, ["h4", "third"], ["h5", "third"]]);
    const accounts = new Map([
      ["u-own", "greedy"],
      ["u-open", "greedy"],
    ]);
    expect(selfDealing(instances, all, accounts, asOf)).toEqual([
      {
        billedTo: "u-loyal",
        coldkey: "greedy",
        instances: 2,
        seconds: 180_000,
        shareOfUser: 1_000_000,
        owners: 3,
        tie: "only_server",
      },
      {
        billedTo: "u-own",
        coldkey: "greedy",
        instances: 1,
        seconds: 3600,
        shareOfUser: 1_000_000,
        owners: 3,
        tie: "own_account",
      },
    ]);
    expect(selfDealing(instances, owners, new Map(), asOf)).toEqual([]);
  });
});

describe("multipliers", () => {
  const stated = (
    instanceId: string,
    value: number,
    expected: number | null,
  ): StatedMultiplier => ({
    instanceId,
    chuteId: "X",
    hotkey: "h",
    at: asOf,
    stated: value,
    expected,
  });

  test("are held against the rules where their parts are known", () => {
    const found = multiplierAnomalies([
      stated("b", 2, 1),
      stated("a", 1.01, 1),
      stated("c", 0.9, 1),
    ]);
    expect(found).toEqual([
      { ...stated("b", 2, 1), reference: 1, measuredBy: "rules", ratio: 2 },
      { ...stated("c", 0.9, 1), reference: 1, measuredBy: "rules", ratio: 0.9 },
    ]);
  });

  test("and against the other instances of the chute where they are not", () => {
    const usual = ["a", "b", "c"].map((id, index) => stated(id, 1 + index, null));
    const found = multiplierAnomalies([...usual, stated("z", 9, null)]);
    expect(found).toEqual([
      { ...stated("z", 9, null), reference: 2, measuredBy: "peers", ratio: 4.5 },
    ]);
    expect(multiplierAnomalies([stated("a", 1, null), stated("z", 9, null)])).toEqual([]);
  });
});
