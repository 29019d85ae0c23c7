import {
  areTiersDue,
  type CountedTask,
  evaluate,
  type MinerStatistics,
  NEW_MINER,
  namedTier,
  reachesWilson,
  SEED_TIERS,
  TIER_RULES,
  tierOf,
  V2_TIERS,
  V3_TIERS,
  wilsonLowerBound,
  wilsonMidpoint,
} from "@neurond/storage-rules";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const seed = TIER_RULES.seed;

function miner(successes: number, attempts: number, total: number): MinerStatistics {
  const counter = { attempts, successes };
  const counters = { store: counter, challenge: counter, retrieve: counter };
  return { ...NEW_MINER, counters, totalSuccesses: total };
}

describe("the seed's table", () => {
  test("is the documented one", () => {
    const rows = SEED_TIERS.map(({ name, limit, rate, totalSuccesses, factorMicro }) => {
      return [name, limit, rate && rate.numerator / rate.denominator, totalSuccesses, factorMicro];
    });
    expect(rows).toEqual([
      ["Super Saiyan", 1024n ** 6n, 0.999, 100_000, 2_000_000],
      ["Diamond", 1024n ** 5n, 0.99, 50_000, 1_000_000],
      ["Gold", 100n * 1024n ** 4n, 0.975, 5_000, 888_000],
      ["Silver", 10n * 1024n ** 4n, 0.95, 1_000, 555_000],
      ["Bronze", 1024n ** 4n, null, 0, 333_000],
    ]);
  });

  test.each([
    ["Super Saiyan", 999, 100_000, "Diamond"],
    ["Diamond", 990, 50_000, "Gold"],
    ["Gold", 975, 5_000, "Silver"],
    ["Silver", 950, 1_000, "Bronze"],
  ])("%s begins exactly at its rate and at its successes", (name, rate, total, below) => {
    expect(tierOf(miner(rate, 1000, total), seed).name).toBe(name);
    expect(tierOf(miner(rate * 9_000_000_000, 9_000_000_000_000, total), seed).name).toBe(name);
    expect(tierOf(miner(rate * 9_000_000_000 - 1, 9_000_000_000_000, total), seed).name).toBe(
      below,
    );
    expect(tierOf(miner(rate, 1000, total - 1), seed).name).toBe(below);
  });

  test.each(["store", "challenge", "retrieve"] as CountedTask[])(
    "keeps in Bronze whoever was never asked to %s",
    (task) => {
      const perfect = miner(100_000, 100_000, 300_000);
      expect(tierOf(perfect, seed).name).toBe("Super Saiyan");
      const counters = { ...perfect.counters, [task]: { attempts: 0, successes: 0 } };
      expect(tierOf({ ...perfect, counters }, seed).name).toBe("Bronze");
    },
  );

  test("takes the worst of the three rates", () => {
    const { counters, ...rest } = miner(1000, 1000, 100_000);
    const retrieve = { attempts: 1000, successes: 974 };
    expect(tierOf({ ...rest, counters: { ...counters, retrieve } }, seed).name).toBe("Silver");
  });
});

test("a limit changes with the tier only, so that one set by hand stays", () => {
  const bronze = { ...NEW_MINER, storageLimit: 5n };
  expect(evaluate(bronze, seed)).toEqual(bronze);
  const gold = evaluate({ ...miner(1000, 1000, 5_000), storageLimit: 5n }, seed);
  expect(gold).toMatchObject({ tier: "Gold", storageLimit: 100n * 2n ** 40n });
  const fallen = evaluate({ ...gold, counters: miner(1, 2, 0).counters }, seed);
  expect(fallen).toMatchObject({ tier: "Bronze", storageLimit: 2n ** 40n });
});

test("more successes in as many attempts never lower a tier, by any rule", () => {
  const rank = (rule: (typeof TIER_RULES)[keyof typeof TIER_RULES], statistics: MinerStatistics) =>
    rule.table.indexOf(tierOf(statistics, rule));
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(TIER_RULES)),
      fc.integer({ min: 1, max: 10_000 }),
      fc.nat(10_000),
      fc.nat(200_000),
      (rule, attempts, failures, total) => {
        const worse = Math.max(0, attempts - failures - 1);
        const better = Math.min(attempts, worse + 1);
        expect(rank(rule, miner(better, attempts, total))).toBeLessThanOrEqual(
          rank(rule, miner(worse, attempts, total)),
        );
      },
    ),
  );
});

describe("Wilson's interval", () => {
  test.each([
    [8, 9, 0.8701769999681506],
    [9, 9, 0.9759418571019077],
    [1, 1, 0.8436576279587084],
    [0, 1, 0.15634237204129164],
    [7, 9, 0.7644121428343933],
    [45, 50, 0.8963933247735807],
    [0, 50, 0.004508344033024197],
  ])("has its middle for %i of %i where upstream has it", (successes, attempts, middle) => {
    expect(wilsonMidpoint({ successes, attempts })).toBeCloseTo(middle, 14);
  });

  test("has its middle at a half for whoever was never asked, and its lower end at nothing", () => {
    expect(wilsonMidpoint({ successes: 0, attempts: 0 })).toBe(0.5);
    expect(wilsonLowerBound({ successes: 0, attempts: 0 })).toBe(0);
  });

  test("has the lower end that textbooks give", () => {
    // 10 of 10 at 95 %: n / (n + z²) = 10 / 13.8416.
    expect(wilsonLowerBound({ successes: 10, attempts: 10 })).toBeCloseTo(10 / 13.8416, 12);
    expect(wilsonLowerBound({ successes: 81, attempts: 263 })).toBeCloseTo(0.2553, 4);
  });

  test("is decided in whole numbers as its lower end says", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.nat(1000),
        fc.nat(999),
        (n, share, at) => {
          const counter = { attempts: n, successes: Math.floor((n * share) / 1000) };
          const low = wilsonLowerBound(counter);
          fc.pre(Math.abs(low - at / 1000) > 1e-9);
          const threshold = { numerator: at, denominator: 1000 };
          expect(reachesWilson(counter, threshold)).toBe(low >= at / 1000);
        },
      ),
    );
  });

  test("asks for a history before it believes in a rate", () => {
    const { wilson } = TIER_RULES;
    expect(tierOf(miner(3837, 3837, 100_000), wilson).name).toBe("Diamond");
    expect(tierOf(miner(3838, 3838, 100_000), wilson).name).toBe("Super Saiyan");
  });
});

test("later releases judge all tasks together, by their own tables, one period at a time", () => {
  expect(V2_TIERS.map(({ factorMicro }) => factorMicro / 1e6)).toEqual([1, 0.9, 0.8, 0.7, 0.6]);
  expect(V3_TIERS.map(({ limit }) => limit / 2n ** 40n)).toEqual([
    51_200n,
    20_480n,
    10_240n,
    5_120n,
    1_024n,
    200n,
    50n,
    10n,
  ]);
  const { v2 } = TIER_RULES;
  const once = { ...NEW_MINER.counters, store: { attempts: 1, successes: 1 } };
  const placed = evaluate({ ...NEW_MINER, counters: once, totalSuccesses: 10_000 }, v2);
  expect(placed).toMatchObject({
    tier: "Diamond",
    counters: NEW_MINER.counters,
    totalSuccesses: 10_000,
  });
});

test("a tier that the table in force does not have counts as its lowest", () => {
  expect(namedTier({ ...NEW_MINER, tier: "Ruby" }, seed).name).toBe("Bronze");
  expect(namedTier({ ...NEW_MINER, tier: "Gold" }, seed).factorMicro).toBe(888_000);
});

test("tiers are due after 100 steps, and after 360 blocks at the latest", () => {
  expect(areTiersDue({ steps: 99, blocks: 359 })).toBe(false);
  expect(areTiersDue({ steps: 100, blocks: 0 })).toBe(true);
  expect(areTiersDue({ steps: 0, blocks: 360 })).toBe(true);
});
