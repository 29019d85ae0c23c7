import { setTimeout as sleep } from "node:timers/promises";
import { replayMemory, replayWithFallback } from "@neurond/epistula";
import { type ReplayHarness, replayContract } from "@neurond/epistula/replay-contract";
import { hasRedis, ManualClock, type TestRedis, testRedis } from "@neurond/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isTemporary } from "../src/index.ts";
import { connectRedis, type RedisConnection, redisReplay } from "../src/redis/index.ts";

const signal = AbortSignal.timeout(120_000);

describe("the replay store in memory keeps the contract", () => {
  for (const { name, run } of replayContract) {
    test(name, async () => {
      const clock = new ManualClock();
      const store = replayMemory({ retentionMs: 1_000, now: clock.now });
      const elapse = async (milliseconds: number) => clock.advance(milliseconds);
      await run({ store, peer: store, elapse });
    });
  }
});

describe.skipIf(!hasRedis)("the replay store in Redis (skipped without redis-server)", () => {
  let server: TestRedis;
  let one: RedisConnection;
  let other: RedisConnection;
  let harnesses = 0;

  beforeAll(async () => {
    server = await testRedis();
    one = await connectRedis({ url: server.url, signal });
    other = await connectRedis({ url: server.url, signal });
  });
  afterAll(async () => {
    await one[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const harness = (): ReplayHarness => {
    harnesses += 1;
    const options = { retentionMs: 600, prefix: `test-${harnesses}` };
    return {
      store: redisReplay({ redis: one.redis, ...options }),
      peer: redisReplay({ redis: other.redis, ...options }),
      elapse: (milliseconds) => sleep(milliseconds),
    };
  };

  describe("keeps the contract", () => {
    for (const { name, run } of replayContract) test(name, () => run(harness()));
  });

  test("leaves nothing behind that does not expire", async () => {
    const { store } = harness();
    await store.rememberIfNew(["alone"]);
    await store.rememberIfNew(["one", "two"]);
    const keys = await one.redis.keys(`{test-${harnesses}}:*`);
    expect(keys).toHaveLength(3);
    for (const key of keys) {
      const left = await one.redis.pttl(key);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(600);
    }
  });

  test("does not mix neurons of different prefixes", async () => {
    const [left, right] = [harness().store, harness().store];
    expect(await left.rememberIfNew(["same"])).toBe(true);
    expect(await right.rememberIfNew(["same"])).toBe(true);
  });

  test("rejects at once while Redis is down, and serves again when it is back", async () => {
    // Whoever waited for the deadline of a command would wait longer than a test may take.
    await using patient = await connectRedis({ url: server.url, commandMs: 600_000, signal });
    const store = redisReplay({ redis: patient.redis, retentionMs: 600, prefix: "down" });
    await server.kill();
    for (const keys of [["a"], ["a", "b"]] as const) {
      const error: unknown = await store
        .rememberIfNew([...keys])
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "REDIS_UNREACHABLE" });
      expect(isTemporary(error)).toBe(true);
    }
    await server.restart();
    for (let tries = 0; ; tries += 1) {
      const isNew = await store.rememberIfNew(["a"]).catch(() => null);
      if (isNew !== null) {
        expect(isNew).toBe(true);
        break;
      }
      expect(tries).toBeLessThan(100);
      await sleep(50);
    }
  });

  test("behind a fallback lets nothing pass twice through an outage, and is asked again after it", async () => {
    const heard: boolean[] = [];
    const store = replayWithFallback({
      primary: harness().store,
      local: replayMemory({ retentionMs: 60_000, now: Date.now }),
      now: () => performance.now(),
      retryMs: 50,
      onDegraded: (degraded) => heard.push(degraded),
    });
    expect(await store.rememberIfNew(["a"])).toBe(true);
    await server.kill();
    expect(await store.rememberIfNew(["a"])).toBe(false);
    expect(await store.rememberIfNew(["b"])).toBe(true);
    expect(await store.rememberIfNew(["b"])).toBe(false);
    await server.restart();
    for (let tries = 0; heard.length < 2 && tries < 100; tries += 1) {
      await sleep(50);
      await store.rememberIfNew([`try ${tries}`]);
    }
    expect(heard).toEqual([true, false]);
    expect(await store.rememberIfNew(["b"])).toBe(false);
  });

  test("says what Redis refused", async () => {
    const { store } = harness();
    await one.redis.set(`{test-${harnesses}}:a`, "x");
    await one.redis.config("SET", "maxmemory", "1");
    try {
      await expect(store.rememberIfNew(["b"])).rejects.toMatchObject({ code: "REDIS_REFUSED" });
    } finally {
      await one.redis.config("SET", "maxmemory", "0");
    }
  });
});

test("a Redis that is not there is told by a code, without the password", async () => {
  const error: unknown = await connectRedis({
    url: "redis://user:hunter2@127.0.0.1:1",
    signal,
  }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "REDIS_UNREACHABLE" });
  expect(String(error)).not.toContain("hunter2");
  await expect(connectRedis({ url: "http://localhost", signal })).rejects.toMatchObject({
    code: "REDIS_ADDRESS_INVALID",
  });
});
