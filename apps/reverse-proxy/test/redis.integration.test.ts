import { connectRedis } from "@neurond/store";
import { hasRedis, testRedis } from "@neurond/testing";
import { describe, expect, test } from "vitest";
import { openBackend, openProxy, send, settingsFor, signed } from "./harness.ts";

const target = "/sync/inference";

/** Two proxies of one miner behind one Redis, which may be down when they start. */
async function pair(onOutage: "local" | "refuse", isThere = true) {
  const opened = new AsyncDisposableStack();
  const backend = opened.use(await openBackend());
  const server = opened.use(await testRedis());
  const url = server.url;
  const settings = settingsFor(backend.url, { redis: { url, onOutage } });
  if (!isThere) await server.kill();
  const onAbsent = () => undefined;
  const { signal } = new AbortController();
  const one = async () => {
    const redis = opened.use(await connectRedis({ url, commandMs: 250, onAbsent, signal }));
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

  test.each([
    { onOutage: "local", status: 200, ready: true, replay: "degraded" },
    { onOutage: "refuse", status: 503, ready: false, replay: "down" },
  ] as const)(
    "start before it is there, answer $status meanwhile, and take to it when it comes",
    async ({ onOutage, status, ready, replay }) => {
      await using at = await pair(onOutage, false);
      const [left, right] = at.proxies;
      const said = await send(left.url, "GET", "/status", {});
      expect(said.json).toMatchObject({ epistula_ready: ready, components: { replay } });
      expect(await post(left, signed({ target }))).toMatchObject({ status });
      await at.server.restart();
      await expect
        .poll(async () => (await passedTwice(left, right)).join(), { timeout: 10_000 })
        .toBe("200,401");
    },
  );
});

/** What each of two proxies says to one and the same request. */
async function passedTwice(one: { readonly url: string }, other: { readonly url: string }) {
  const headers = signed({ target });
  return [(await post(one, headers)).status, (await post(other, headers)).status];
}
