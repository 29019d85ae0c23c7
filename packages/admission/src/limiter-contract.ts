import type { Charges } from "./gcra.ts";
import type { Limit } from "./limit.ts";
import type { RateLimiter } from "./limiter.ts";

/** What a check needs of the adapter it is run against. */
export interface LimiterHarness {
  /** An empty limiter. */
  readonly limiter: RateLimiter;
  /** A second handle on the same memory: another process, where the adapter is shared by several. */
  readonly peer: RateLimiter;
}

/** One sentence every limiter keeps; `run` rejects where it is broken. */
export interface LimiterCheck {
  readonly name: string;
  run(harness: LimiterHarness): Promise<void>;
}

/** Three at once, and one more each 100 ms. */
const LIMIT: Limit = { intervalUs: 100_000, burst: 3 };
const WIDE: Limit = { intervalUs: 1_000, burst: 50 };
const NOW = 1_763_650_000_000;
const of = (...keys: readonly [string, ...string[]]): Charges => {
  const [first, ...others] = keys.map((key) => ({ key, limit: LIMIT }));
  if (first === undefined) throw new Error("no key");
  return [first, ...others];
};

/** The contract of `RateLimiter`, for any test runner: give each check a harness of its own. */
export const limiterContract: readonly LimiterCheck[] = [
  {
    name: "a burst passes at once, and the next request is told how long to wait",
    async run({ limiter }) {
      for (const remaining of [2, 1, 0]) {
        const taken = await limiter.take(of("a"), NOW);
        equal(taken, { allowed: true, remaining, limit: 3, retryAfterMs: 0 });
      }
      const refused = { allowed: false, remaining: 0, retryAfterMs: 100, resetMs: 300 };
      equal(await limiter.take(of("a"), NOW), refused);
    },
  },
  {
    name: "a request at the time told passes, one a millisecond earlier does not",
    async run({ limiter }) {
      for (let sent = 0; sent < 3; sent += 1) await limiter.take(of("a"), NOW);
      equal(await limiter.take(of("a"), NOW + 99), { allowed: false, retryAfterMs: 1 });
      equal(await limiter.take(of("a"), NOW + 100), { allowed: true });
      equal(await limiter.take(of("a"), NOW + 100), { allowed: false, retryAfterMs: 100 });
    },
  },
  {
    name: "a refused request costs nothing",
    async run({ limiter }) {
      for (let sent = 0; sent < 20; sent += 1) await limiter.take(of("a"), NOW);
      equal(await limiter.take(of("a"), NOW + 100), { allowed: true });
    },
  },
  {
    name: "keys are compared whole and exactly",
    async run({ limiter }) {
      for (let sent = 0; sent < 3; sent += 1) await limiter.take(of("key:a"), NOW);
      for (const other of ["key:", "key:aa", "key:A", "kez:a"]) {
        equal(await limiter.take(of(other), NOW), { allowed: true, remaining: 2 });
      }
    },
  },
  {
    name: "all of several charges are made, or none where one of them is refused",
    async run({ limiter }) {
      for (let sent = 0; sent < 3; sent += 1) await limiter.take(of("b"), NOW);
      equal(await limiter.take(of("a", "b", "c"), NOW), { allowed: false, tightest: 1 });
      equal(await limiter.take(of("a", "c"), NOW), { allowed: true, remaining: 2 });
      equal(await limiter.take(of("c"), NOW), { allowed: true, remaining: 1 });
    },
  },
  {
    name: "of several charges the tightest is told",
    async run({ limiter }) {
      await limiter.take(of("narrow"), NOW);
      const charges: Charges = [
        { key: "wide", limit: WIDE },
        { key: "narrow", limit: LIMIT },
      ];
      equal(await limiter.take(charges, NOW), { tightest: 1, remaining: 1, limit: 3 });
    },
  },
  {
    name: "of requests at once no more than the burst pass",
    async run({ limiter, peer }) {
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, index) =>
          (index % 2 === 0 ? limiter : peer).take(of("a", "b"), NOW),
        ),
      );
      const passed = answers.filter(({ allowed }) => allowed).length;
      if (passed !== 3) throw new Error(`${passed} of 30 requests at once passed instead of 3`);
    },
  },
  {
    name: "what one handle takes the other misses",
    async run({ limiter, peer }) {
      for (let sent = 0; sent < 3; sent += 1) await limiter.take(of("a"), NOW);
      equal(await peer.take(of("a"), NOW), { allowed: false });
    },
  },
  {
    name: "a limit that changes holds from the next request on",
    async run({ limiter }) {
      for (let sent = 0; sent < 3; sent += 1) await limiter.take(of("a"), NOW);
      equal(await limiter.take([{ key: "a", limit: { ...LIMIT, burst: 4 } }], NOW), {
        allowed: true,
        remaining: 0,
      });
    },
  },
  {
    name: "a clock put back by an hour shuts nobody out for longer than one interval",
    async run({ limiter }) {
      await limiter.take(of("a"), NOW + 3_600_000);
      equal(await limiter.take(of("a"), NOW), { allowed: false, retryAfterMs: 100 });
      equal(await limiter.take(of("a"), NOW + 100), { allowed: true, remaining: 0 });
    },
  },
  {
    name: "clocks that differ by a minute gain nobody more than they differ by",
    async run({ limiter, peer }) {
      let passed = 0;
      for (let sent = 0; sent < 50; sent += 1) {
        const late = await limiter.take(of("a"), NOW + 1_000);
        const early = await peer.take(of("a"), NOW);
        passed += Number(late.allowed) + Number(early.allowed);
      }
      if (passed !== 3) throw new Error(`${passed} passed instead of a burst of 3`);
    },
  },
];

function equal<Value extends object>(
  value: Value,
  expected: Partial<Record<keyof Value, unknown>>,
) {
  for (const [name, wanted] of Object.entries(expected)) {
    const found: unknown = Object.entries(value).find(([key]) => key === name)?.[1];
    if (found !== wanted) {
      throw new Error(`${name} is ${String(found)} instead of ${String(wanted)}`);
    }
  }
}
