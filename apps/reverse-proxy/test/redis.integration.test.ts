import { connectRedis } from "@neurond/store";
import { hasRedis, testRedis } from "@neurond/testing";
import { describe, expect, test } from "vitest";
import { openBackend, openProxy, send, settingsFor, signed } from "./harness.ts";

const target = "/sync/inference";

/** Two proxies of one miner behind one Redis. */
async function pair(onOutage: "local" | "refuse") {
  const opened = new AsyncDisposableStack();
  const backend = opened.use(await openBackend());
  const server = opened.use(await testRedis());
  const url = server.url;
  const settings = settingsFor(backend.url, { redis: { url, onOutage } });
  const one = async () => {
    const redis = opened.use(
      await connectRedis({ url, commandMs: 250, signal: new AbortController().signal }),
    );
    const { proxy } = await openProxy(settings, { redis });
    return opened.use(proxy);
  };
  return Object.assign(opened, { server, proxies: [await one(), await one()] as const });
}

const post = (proxy: { readonly url: string }, headers: Record<string, string>) =>
  send(proxy.url, "POST", target, headers);

describe.skipIf(!hasRedis)("two proxies behind one Redis (needs redis-server)", () => {
  test("let a request in once between them", async () => {
    await using at = await pair("local");
    const [left, right] = at.proxies;
    const headers = signed({ target });
    expect(await post(left, headers)).toMatchObject({ status: 200 });
    expect(await post(right, headers)).toMatchObject({ status: 401, json: { code: "REPLAY" } });
  });

  test("go on by their own memory while it is gone, say so, and come back to it", async () => {
    await using at = await pair("local");
    const [left, right] = at.proxies;
    const before = signed({ target });
    expect(await post(left, before)).toMatchObject({ status: 200 });
    await at.server.kill();
    expect(await post(left, signed({ target }))).toMatchObject({ status: 200 });
    expect(await post(left, before)).toMatchObject({ status: 401, json: { code: "REPLAY" } });
    const status = await send(left.url, "GET", "/status", {});
    expect(status.json).toMatchObject({
      epistula_ready: true,
      components: { replay: "degraded", limits: "degraded" },
    });
    await at.server.restart();
    await expect
      .poll(
        async () => {
          await post(left, signed({ target }));
          return (await send(left.url, "GET", "/status", {})).json;
        },
        { timeout: 10_000, interval: 100 },
      )
      .toMatchObject({ components: { replay: "ready", limits: "ready" } });
    const after = signed({ target });
    expect(await post(left, after)).toMatchObject({ status: 200 });
    await expect.poll(async () => (await post(right, after)).status, { timeout: 10_000 }).toBe(401);
  });

  test("let nobody in while it is gone, where that is asked for", async () => {
    await using at = await pair("refuse");
    const [left] = at.proxies;
    await at.server.kill();
    expect(await post(left, signed({ target }))).toMatchObject({
      status: 503,
      json: { code: "REPLAY_UNAVAILABLE" },
      headers: { "retry-after": expect.any(String) },
    });
    const status = await send(left.url, "GET", "/status", {});
    expect(status.json).toMatchObject({ epistula_ready: false, components: { replay: "down" } });
  });
});
