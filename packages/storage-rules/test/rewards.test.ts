import { type Hotkey, hotkeyOf, toUid } from "@neurond/primitives";
import {
  type Answer,
  areWeightsDue,
  averageIn,
  type Batch,
  fallingLogistic,
  type Nano,
  NEW_MINER,
  namedTier,
  REWARD_RULES,
  retainRegistered,
  rewardBatch,
  rewardDown,
  SEED_TIERS,
  speedMultipliers,
  TIER_RULES,
  toNano,
  weightsOf,
} from "@neurond/storage-rules";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const key = (byte: number): Hotkey => hotkeyOf(new Uint8Array(32).fill(byte));
const [diamond, bronze] = [SEED_TIERS[1], SEED_TIERS[4]];
if (diamond === undefined || bronze === undefined) throw new Error("the table has five tiers");

const SECOND = 1_000_000;
const done = (seconds: number, change: Partial<Answer> = {}): Answer => {
  return {
    isSuccess: true,
    elapsed: Math.round(seconds * SECOND),
    bytes: 0,
    tier: diamond,
    ...change,
  };
};
const failed = (change: Partial<Answer> = {}): Answer => done(0, { isSuccess: false, ...change });
const batchOf = (answers: readonly Answer[], change: Partial<Batch> = {}): Batch => ({
  task: "challenge",
  timeout: 30 * SECOND,
  answers: new Map(answers.map((answer, at) => [key(at + 1), answer])),
  ...change,
});
const rewards = (batch: Batch, rules = REWARD_RULES) => [...rewardBatch(batch, rules).values()];
const minmax = { ...REWARD_RULES, mode: "minmax" } as const;

describe("the curve", () => {
  test("is 1/(1+e^x) to half a billionth and the rounding of doubles", () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (x) => {
        const argument = BigInt(Math.round(x * 2 ** 40));
        const exact = 1 / (1 + Math.exp(Number(argument) / 2 ** 40));
        expect(Math.abs(fallingLogistic(argument) / 1e9 - exact)).toBeLessThan(0.5e-9 + 1e-15);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    [0, 500_000_000],
    [1, 268_941_421],
    [-1, 731_058_579],
    [10, 45_398],
    [-3, 952_574_127],
    [22, 0],
    [-22, 1_000_000_000],
  ])("has the published value at %i", (x, value) => {
    expect(fallingLogistic(BigInt(x) << 40n)).toBe(value);
  });

  test("falls everywhere, down to single steps of its argument, and is symmetric", () => {
    const argument = fc.bigInt({ min: -(25n << 40n), max: 25n << 40n });
    fc.assert(
      fc.property(argument, fc.bigInt({ min: 1n, max: 1n << 20n }), (x, step) => {
        expect(fallingLogistic(x + step)).toBeLessThanOrEqual(fallingLogistic(x));
        expect(fallingLogistic(x) + fallingLogistic(-x)).toBe(1_000_000_000);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("the time of an answer", () => {
  test("earns the fastest twice and the slowest once, between minimum and maximum", () => {
    expect(rewards(batchOf([done(1), done(2), done(5)]), minmax)).toEqual([2e9, 1.75e9, 1e9]);
    expect(rewards(batchOf([done(3), done(3)]), minmax)).toEqual([1.5e9, 1.5e9]);
    expect(rewards(batchOf([done(3)]), minmax)).toEqual([1.5e9]);
  });

  test("earns by the curve around the mean, steepness 10/T and shift 0.3·T", () => {
    const expected = (t: number, mean: number, T: number) =>
      Math.round((1 + 1 / (1 + Math.exp((10 / T) * (t - mean - 0.3 * T)))) * 1e9);
    const times = [0.5, 2, 7.25, 30];
    const mean = times.reduce((sum, t) => sum + t, 0) / times.length;
    expect(rewards(batchOf(times.map((t) => done(t))))).toEqual(
      times.map((t) => expected(t, mean, 30)),
    );
  });

  test("counts by what was moved for stores and retrievals only", () => {
    const large = done(4, { bytes: 64 * 2 ** 20 });
    const pair = (task: Batch["task"]) => rewards(batchOf([large, done(2)], { task }), minmax);
    expect(pair("store")).toEqual([1.5e9, 1.5e9]);
    expect(pair("retrieve")).toEqual([1.5e9, 1.5e9]);
    expect(pair("challenge")).toEqual([1e9, 2e9]);
  });

  test("is the limit for a failure, however fast it failed, so that it moves nobody else", () => {
    const [, withFast] = rewards(batchOf([failed({ elapsed: 1 }), done(2), done(3)]));
    const [, withSlow] = rewards(batchOf([failed({ elapsed: 29 * SECOND }), done(2), done(3)]));
    expect(withFast).toBe(withSlow);
  });

  test.each(["sigmoid", "minmax"] as const)(
    "never earns less when it is shorter, beside others or by itself (%s)",
    (mode) => {
      const rules = { ...REWARD_RULES, mode };
      const micros = fc.integer({ min: 0, max: 30 * SECOND });
      fc.assert(
        fc.property(
          fc.array(micros, { minLength: 1, maxLength: 20 }),
          fc.nat(SECOND),
          (times, less) => {
            const answers = times.map((elapsed) => done(0, { elapsed }));
            const gained = rewards(batchOf(answers), rules);
            for (const [a, left] of times.entries()) {
              for (const [b, right] of times.entries()) {
                if (left <= right) expect(gained[a]).toBeGreaterThanOrEqual(gained[b] ?? 0);
              }
            }
            const faster = [
              done(0, { elapsed: Math.max(0, (times[0] ?? 0) - less) }),
              ...answers.slice(1),
            ];
            expect(rewards(batchOf(faster), rules)[0]).toBeGreaterThanOrEqual(gained[0] ?? 0);
          },
        ),
      );
    },
  );

  test("is worth the same whatever the order of answers, and always a whole number", () => {
    const answer = fc.record({
      isSuccess: fc.boolean(),
      elapsed: fc.integer({ min: 0, max: 2 ** 40 }),
      bytes: fc.integer({ min: 0, max: 2 ** 53 - 1 }),
      tier: fc.constantFrom(...SEED_TIERS),
    });
    fc.assert(
      fc.property(
        fc.array(answer, { maxLength: 20 }),
        fc.constantFrom("store" as const, "challenge" as const, "retrieve" as const),
        fc.constantFrom("sigmoid" as const, "minmax" as const),
        fc.constantFrom("none" as const, "v2" as const),
        (answers, task, mode, boost) => {
          const rules = { ...REWARD_RULES, mode, boost };
          const batch = batchOf(answers, { task });
          const forth = rewardBatch(batch, rules);
          const back = rewardBatch(
            { ...batch, answers: new Map([...batch.answers].reverse()) },
            rules,
          );
          expect(new Map([...back].reverse())).toEqual(forth);
          expect([...forth.values()].every(Number.isSafeInteger)).toBe(true);
        },
      ),
    );
  });

  test("gives no multiplier to nobody", () => {
    expect(speedMultipliers([], 1n, "sigmoid")).toEqual([]);
    expect(speedMultipliers([], 1n, "minmax")).toEqual([]);
    expect(rewardBatch(batchOf([])).size).toBe(0);
  });
});

describe("a reward", () => {
  test("is multiplied by the factor of the tier, a penalty too, and never softened by slowness", () => {
    const [good, bad] = rewards(
      batchOf([done(1, { tier: bronze }), failed({ tier: bronze })]),
      minmax,
    );
    expect(good).toBe(666_000_000);
    expect(bad).toBe(-16_650_000);
  });

  test("of a failed store is nothing, of a failed retrieval a twentieth below", () => {
    expect(rewards(batchOf([failed()], { task: "store" }))).toEqual([0]);
    expect(rewards(batchOf([failed()], { task: "retrieve" }))).toEqual([-50_000_000]);
  });

  test("for being down has no factor", () => {
    expect(rewardDown([key(1)]).get(key(1))).toBe(-5_000_000);
  });

  test("is lifted for the two fastest as in release 2, and for who ties with them", () => {
    const rules = { ...minmax, boost: "v2" } as const;
    const answers = [3, 1, 3, 9].map((time) => done(time, { tier: bronze }));
    const plain = rewards(batchOf(answers), minmax);
    const lifted = rewards(batchOf(answers), rules);
    expect(lifted.map((reward, at) => reward / (plain[at] ?? 0))).toEqual([1.2, 1.2, 1.2, 1]);
  });

  test.each([
    [{ elapsed: -1 }, {}],
    [{ elapsed: 0.5 }, {}],
    [{ bytes: -1 }, { task: "store" as const }],
    [{}, { timeout: 0 }],
  ])("is refused for what cannot be: %o %o", (answer, change) => {
    expect(() => rewardBatch(batchOf([done(1, answer)], change))).toThrow(/cannot be rewarded/);
  });
});

describe("the moving average", () => {
  const one = toNano(1_000_000_000);

  test("takes a twentieth of what is new, and leaves everybody else as they were", () => {
    const before = new Map([[key(2), toNano(123_456_789)]]);
    const after = averageIn(before, new Map([[key(1), one]]));
    expect(after.get(key(1))).toBe(50_000_000);
    expect(after.get(key(2))).toBe(123_456_789);
  });

  test("is halfway after 13.5 batches and settles at the reward", () => {
    let scores: ReadonlyMap<Hotkey, Nano> = new Map();
    const course = Array.from({ length: 600 }, () => {
      scores = averageIn(scores, new Map([[key(1), one]]));
      return scores.get(key(1)) ?? 0;
    });
    expect(course[12]).toBeLessThan(500_000_000);
    expect(course[13]).toBeGreaterThan(500_000_000);
    expect(1_000_000_000 - (course.at(-1) ?? 0)).toBeLessThanOrEqual(10);
  });

  test("does not move for a batch of nobody, or one in which nobody gained or lost", () => {
    const scores = new Map([[key(1), one]]);
    expect(averageIn(scores, new Map())).toBe(scores);
    expect(averageIn(scores, new Map([[key(1), toNano(0)]]))).toBe(scores);
  });

  test("never moves who was not asked, whatever happens to the others", () => {
    const nano = fc.integer({ min: -2e9, max: 4e9 }).map((value) => toNano(value));
    const keys = fc.integer({ min: 0, max: 255 }).map(key);
    const map = fc.array(fc.tuple(keys, nano)).map((entries) => new Map(entries));
    fc.assert(
      fc.property(map, map, (scores, batch) => {
        const next = averageIn(scores, batch);
        for (const [hotkey, score] of scores) {
          if (!batch.has(hotkey)) expect(next.get(hotkey)).toBe(score);
        }
        for (const [hotkey, reward] of batch) {
          const before = scores.get(hotkey) ?? 0;
          const after = next.get(hotkey) ?? 0;
          expect(after).toBeGreaterThanOrEqual(Math.min(before, reward));
          expect(after).toBeLessThanOrEqual(Math.max(before, reward));
        }
      }),
    );
  });

  test("starts at zero for a hotkey that was replaced and comes back", () => {
    const kept = retainRegistered(
      new Map([
        [key(1), one],
        [key(2), one],
      ]),
      new Set([key(2)]),
    );
    expect([...kept.keys()]).toEqual([key(2)]);
  });
});

describe("weights", () => {
  const uids = new Map([1, 2, 3, 4].map((at) => [key(at), toUid(at)]));
  const scores = new Map([
    [key(1), toNano(1_000_000_000)],
    [key(2), toNano(500_000_000)],
    [key(3), toNano(-500_000_000)],
    [key(9), toNano(2_000_000_000)], // not registered
  ]);

  test("are in proportion to scores; below zero is zero, and strangers are left out", () => {
    expect(weightsOf(scores, uids)).toEqual([
      { uid: 1, value: 65_535 },
      { uid: 2, value: 32_768 },
    ]);
  });

  test("of release 2 are lifted by the lowest score, but for those below zero", () => {
    expect(weightsOf(scores, uids, "v2")).toEqual([
      { uid: 1, value: 65_535 },
      { uid: 2, value: 43_690 },
      { uid: 4, value: 21_845 },
    ]);
  });

  test("are nobody's when nobody has a score", () => {
    expect(weightsOf(new Map(), uids)).toEqual([]);
  });

  test("are due every 200 blocks, and at first", () => {
    expect(areWeightsDue(5, null)).toBe(true);
    expect(areWeightsDue(1199, 1000)).toBe(false);
    expect(areWeightsDue(1200, 1000)).toBe(true);
  });
});

test("a perfect and fast miner of the highest tier ends near four", () => {
  const tier = namedTier({ ...NEW_MINER, tier: "Super Saiyan" }, TIER_RULES.seed);
  let scores: ReadonlyMap<Hotkey, Nano> = new Map();
  for (let at = 0; at < 400; at += 1) {
    scores = averageIn(scores, rewardBatch(batchOf([done(1, { tier }), done(29)])));
  }
  expect((scores.get(key(1)) ?? 0) / 1e9).toBeCloseTo(4, 1);
});
