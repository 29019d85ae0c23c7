import { connectRedis } from "@neurond/store/redis";
import { hasRedis, testRedis } from "@neurond/testing";
import { expect, test } from "vitest";
import { SENDER } from "../harness.ts";
import { openOperated, temporary } from "./operator.ts";

const target = "/sync/inference";

test.skipIf(!hasRedis)(
  "a ban holds for every proxy of one Redis, and goes on holding while that is gone (skipped without redis-server)",
  async () => {
    await using redis = await testRedis();
    await using directory = await temporary();
    const stop = new AbortController();
    const { signal } = stop;
    const connect = () => connectRedis({ url: redis.url, commandMs: 1_000, signal });
    await using one = await connect();
    await using other = await connect();
    await using here = await openOperated(directory.path, {}, { redis: one });
    await using there = await openOperated(directory.path, {}, { redis: other });
    const running = there.proxy.run(signal);
    expect(await there.call({ target })).toMatchObject({ status: 200 });
    await here.ask("PUT", `/v1/bans/${SENDER}`, { reason: "floods us" });
    expect(await here.call({ target })).toMatchObject({ status: 403 });
    const end = performance.now() + 10_000;
    while ((await there.ask("GET", "/v1/bans")).json.bans.length === 0) {
      if (performance.now() > end) throw new Error("the other proxy never heard of it");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await there.call({ target })).toMatchObject({ status: 403 });
    await redis.kill();
    expect(await there.call({ target })).toMatchObject({ status: 403 });
    expect(await there.ask("DELETE", `/v1/bans/${SENDER}`)).toMatchObject({
      status: 503,
      json: { code: "BANS_UNSAVED" },
    });
    stop.abort();
    await running;
  },
);
