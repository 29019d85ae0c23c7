import {
  type Charges,
  type Limit,
  limiterMemory,
  limiterWithFallback,
  type RateLimiter,
} from "@neurond/admission";
import { limiterContract } from "@neurond/admission/limiter-contract";
import { CodedError } from "@neurond/primitives";
import { describe, expect, it, test } from "vitest";

const limit: Limit = { intervalUs: 1_000_000, burst: 1 };
const on = (key: string): Charges => [{ key, limit }];

describe("the limiter in memory keeps the contract", () => {
  for (const { name, run } of limiterContract) {
    test(name, async () => {
      const limiter = limiterMemory();
      await run({ limiter, peer: limiter });
    });
  }
});

describe("the contract finds a limiter that", () => {
  type Break = (limiter: RateLimiter) => RateLimiter["take"];
  const charged: Break = (limiter) => async (charges, now) => {
    const taken = await Promise.all(charges.map((charge) => limiter.take([charge], now)));
    return taken.find(({ allowed }) => !allowed) ?? limiter.take([charges[0]], now);
  };
  const broken: Readonly<Record<string, Break>> = {
    "charges one by one": charged,
    "looks at the first charge only": (limiter) => (charges, now) =>
      limiter.take([charges[0]], now),
    "lets everything pass": () => (charges) => ({
      allowed: true,
      tightest: 0,
      limit: charges[0].limit.burst,
      remaining: 1,
      resetMs: 0,
      retryAfterMs: 0,
    }),
    "rounds waits down": (limiter) => async (charges, now) => {
      const taken = await limiter.take(charges, now);
      return { ...taken, retryAfterMs: Math.max(0, taken.retryAfterMs - 1) };
    },
    "charges what it refuses": (limiter) => async (charges, now) => {
      const taken = await limiter.take(charges, now);
      if (!taken.allowed) await limiter.take(charges, now + 100);
      return taken;
    },
    "goes by the time of the first request": (limiter) => {
      let first: number | undefined;
      return (charges, now) => {
        first ??= now;
        return limiter.take(charges, first);
      };
    },
  };

  test.each(Object.entries(broken))("%s", async (_, take) => {
    const failures = await Promise.allSettled(
      limiterContract.map(async ({ run }) => {
        const bad = { take: take(limiterMemory()) };
        await run({ limiter: bad, peer: bad });
      }),
    );
    expect(failures.some(({ status }) => status === "rejected")).toBe(true);
  });
});

describe("the limiter in memory", () => {
  it("forgets buckets that are full again", () => {
    const limiter = limiterMemory({ maxKeys: 10_000 });
    for (let n = 0; n < 20_000; n += 1) limiter.take(on(`k${n}`), n);
    expect(limiter.size).toBeLessThanOrEqual(2_001);
  });

  it("gives newcomers one bucket together when it is full of live keys, and the known their own", () => {
    const limiter = limiterMemory({ maxKeys: 3 });
    for (const key of ["a", "b", "c"]) expect(limiter.take(on(key), 0).allowed).toBe(true);
    expect(limiter.take(on("stranger 1"), 0).allowed).toBe(true);
    expect(limiter.take(on("stranger 2"), 0).allowed).toBe(false);
    expect(limiter.take(on("a"), 1_000).allowed).toBe(true);
    expect(limiter.take(on("stranger 2"), 1_000).allowed).toBe(true);
  });

  it("is bounded under a flood of new keys", () => {
    const limiter = limiterMemory({ maxKeys: 1_000 });
    for (let n = 0; n < 10_000; n += 1) limiter.take(on(`k${n}`), 0);
    expect(limiter.size).toBeLessThanOrEqual(1_001);
  });
});

describe("a limiter with a fallback", () => {
  /** A shared limiter that can be taken down. */
  function shared() {
    const memory = limiterMemory();
    const state = { isDown: false, asked: 0 };
    const limiter: RateLimiter = {
      async take(charges, now) {
        state.asked += 1;
        if (state.isDown) throw new CodedError("REDIS_UNREACHABLE", "down");
        return memory.take(charges, now);
      },
    };
    return { limiter, state };
  }

  it("counts for itself during an outage, says so once, and notices the end of it", async () => {
    const { limiter: primary, state } = shared();
    const heard: boolean[] = [];
    const onDegraded = (degraded: boolean) => heard.push(degraded);
    const limiter = limiterWithFallback({
      primary,
      local: limiterMemory(),
      onDegraded,
      retryMs: 500,
    });
    const take = async (key: string, now: number) => (await limiter.take(on(key), now)).allowed;
    expect(await take("a", 0)).toBe(true);
    state.isDown = true;
    expect(await Promise.all([take("b", 0), take("b", 0), take("c", 0)])).toEqual([
      true,
      false,
      true,
    ]);
    expect(heard).toEqual([true]);
    const askedBefore = state.asked;
    expect(await take("b", 100)).toBe(false);
    expect(state.asked).toBe(askedBefore);
    expect(await take("b", 600)).toBe(false);
    expect(state.asked).toBe(askedBefore + 1);
    state.isDown = false;
    expect(await take("a", 900)).toBe(true);
    expect(await take("a", 1_200)).toBe(true);
    expect(await take("a", 1_300)).toBe(false);
    expect(heard).toEqual([true, false]);
  });

  it("does not take a bug for an outage", async () => {
    const primary = { take: () => Promise.reject(new TypeError("bug")) };
    const limiter = limiterWithFallback({ primary, local: limiterMemory(), onDegraded: () => 0 });
    await expect(limiter.take(on("a"), 0)).rejects.toThrow("bug");
  });
});
