import { setTimeout as sleep } from "node:timers/promises";
import { type Charges, type Limit, limiterMemory, limiterWithFallback } from "@neurond/admission";
import { limiterContract } from "@neurond/admission/limiter-contract";
import { shareContract } from "@neurond/admission/share-contract";
import { hasRedis, type TestRedis, testRedis } from "@neurond/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  connectRedis,
  type RedisConnection,
  redisLimiter,
  redisSubnetShare,
} from "../src/redis/index.ts";

const signal = AbortSignal.timeout(120_000);
const NOW = 1_763_650_000_000;
const limit: Limit = { intervalUs: 100_000, burst: 2 };
const on = (key: string): Charges => [{ key, limit }];

describe.skipIf(!hasRedis)("limits and the share in Redis (skipped without redis-server)", () => {
  let server: TestRedis;
  let one: RedisConnection;
  let other: RedisConnection;
  let harnesses = 0;
  const prefix = () => {
    harnesses += 1;
    return `test-${harnesses}`;
  };

  beforeAll(async () => {
    server = await testRedis();
    one = await connectRedis({ url: server.url, commandMs: 200, signal });
    other = await connectRedis({ url: server.url, commandMs: 200, signal });
  });
  afterAll(async () => {
    await one[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  describe("the limiter keeps the contract", () => {
    for (const { name, run } of limiterContract) {
      test(name, async () => {
        const mine = prefix();
        const limiter = redisLimiter({ redis: one.redis, prefix: mine });
        await run({ limiter, peer: redisLimiter({ redis: other.redis, prefix: mine }) });
      });
    }
  });

  describe("the share keeps the contract", () => {
    for (const { name, run } of shareContract) {
      test(name, async () => {
        const mine = prefix();
        await run({
          one: redisSubnetShare({ redis: one.redis, prefix: mine, holder: "one" }),
          other: redisSubnetShare({ redis: other.redis, prefix: mine, holder: "other" }),
          elapse: (milliseconds) => sleep(milliseconds),
        });
      });
    }
  });

  test("the limiter answers as the one in memory does, to the last digit", async () => {
    const limits = fc.record({
      // Redis forgets by its own clock, which goes on while ours is told: nothing is full so soon.
      intervalUs: fc.integer({ min: 1_000_000, max: 3_000_000 }),
      burst: fc.integer({ min: 1, max: 5 }),
    });
    const asks = fc.array(
      fc.tuple(
        fc.uniqueArray(fc.constantFrom("a", "b", "c"), { minLength: 1 }),
        limits,
        fc.nat(4_000),
      ),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(asks, async (asked) => {
        const [memory, redis] = [
          limiterMemory(),
          redisLimiter({ redis: one.redis, prefix: prefix() }),
        ];
        let now = NOW;
        for (const [keys, of, later] of asked) {
          now += later;
          const [first = "a", ...others] = keys;
          const charges: Charges = [
            { key: first, limit: of },
            ...others.map((key) => ({ key, limit: of })),
          ];
          expect(await redis.take(charges, now)).toEqual(memory.take(charges, now));
        }
      }),
      { numRuns: 40 },
    );
  });

  test("buckets expire when they are full, and leave nothing behind", async () => {
    const mine = prefix();
    const limiter = redisLimiter({ redis: one.redis, prefix: mine });
    await limiter.take([...on("a"), { key: "b", limit }], NOW);
    const keys = await one.redis.keys(`{${mine}}:*`);
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      const left = await one.redis.pttl(key);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(100);
    }
  });

  test("an outage is a coded error at once; the fallback takes over, and notices the end", async () => {
    // Whoever waited for the deadline of a command would wait longer than a test may take.
    await using patient = await connectRedis({ url: server.url, commandMs: 600_000, signal });
    const shared = redisLimiter({ redis: patient.redis, prefix: prefix() });
    const heard: boolean[] = [];
    const onDegraded = (degraded: boolean) => heard.push(degraded);
    const local = limiterMemory();
    const limiter = limiterWithFallback({ primary: shared, local, onDegraded, retryMs: 50 });
    await server.kill();
    await expect(shared.take(on("a"), NOW)).rejects.toMatchObject({ code: "REDIS_UNREACHABLE" });
    const taken = [];
    for (let sent = 0; sent < 3; sent += 1) taken.push((await limiter.take(on("a"), NOW)).allowed);
    expect(taken).toEqual([true, true, false]);
    await server.restart();
    for (let tries = 0; heard.length < 2 && tries < 100; tries += 1) {
      await sleep(50);
      await limiter.take(on("b"), NOW + tries * 100);
    }
    expect(heard).toEqual([true, false]);
  });

  test("a Redis that hangs keeps nobody waiting beyond the deadline of a command", async () => {
    const limiter = redisLimiter({ redis: one.redis, prefix: prefix() });
    await limiter.take(on("a"), NOW);
    await other.redis.call("CLIENT", "PAUSE", "600000");
    await expect(limiter.take(on("a"), NOW)).rejects.toMatchObject({ code: "REDIS_UNREACHABLE" });
  });
});
