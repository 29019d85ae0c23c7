import { describe, expect, test } from "vitest";
import {
  call,
  charlie,
  MINER,
  openBackend,
  openProxy,
  SENDER,
  send,
  settingsFor,
  signed,
} from "./harness.ts";

describe("a signed request", () => {
  test.each([
    { name: "of Epistula v2", schemes: ["epistula"], dialect: "v2" },
    { name: "of the Dippy dialect", schemes: ["epistula"], dialect: "dippy" },
    { name: "of the superset", schemes: ["epistula"], dialect: "superset" },
    { name: "of btauth", schemes: ["btauth"], dialect: "v2" },
    { name: "signed both ways", schemes: ["btauth", "epistula"], dialect: "superset" },
  ] as const)(
    "$name reaches the backend whole, without its signature and with its sender",
    async (how) => {
      await using backend = await openBackend();
      const { proxy, call: ask } = await openProxy(settingsFor(backend.url));
      await using _ = proxy;
      const body = '{"prompt":"hello"}';
      const answer = await ask({ target: "/inference?x=%2F&y", body, ...how });
      expect(answer).toMatchObject({ status: 200, json: { ok: true } });
      const [seen] = backend.seen;
      expect(seen).toMatchObject({ method: "POST", url: "/inference?x=%2F&y", body });
      expect(seen?.headers["x-epistula-signed-by"]).toBe(SENDER);
      expect(
        Object.keys(seen?.headers ?? {}).filter((name) =>
          /^(epistula-|authorization|x-bittensor)/.test(name),
        ),
      ).toEqual([]);
      expect(answer.headers["x-request-id"]).toBe(seen?.headers["x-request-id"]);
    },
  );

  test("with the body of a GET, as the orchestrator sends it, is proven by those bytes", async () => {
    await using backend = await openBackend();
    const { proxy, call: ask } = await openProxy(settingsFor(backend.url));
    await using _ = proxy;
    const wish = { method: "GET", target: "/capacity", body: "{}", dialect: "dippy" } as const;
    expect(await ask(wish)).toMatchObject({ status: 200 });
    // A middlebox dropped the two bytes.
    const headers = signed(wish);
    expect(await send(proxy.url, "GET", "/capacity", headers)).toMatchObject({ status: 200 });
  });

  test("is let in once, and not on another route either", async () => {
    await using backend = await openBackend();
    const { proxy } = await openProxy(settingsFor(backend.url));
    await using _ = proxy;
    const headers = signed({ target: "/inference", body: "{}" });
    expect(await send(proxy.url, "POST", "/inference", headers, "{}")).toMatchObject({
      status: 200,
    });
    for (const target of ["/inference", "/edit", "/train"]) {
      expect(await send(proxy.url, "POST", target, headers, "{}")).toMatchObject({
        status: 401,
        json: { code: "REPLAY" },
      });
    }
    expect(backend.seen).toHaveLength(1);
  });
});

test("a caller that signed both ways is told that btauth/1 is enough, and no other", async () => {
  await using backend = await openBackend();
  const { proxy, call: ask } = await openProxy(settingsFor(backend.url));
  await using _ = proxy;
  const offered = async (schemes: readonly ("btauth" | "epistula")[]) =>
    (await ask({ target: "/inference", schemes })).headers["www-authenticate"];
  expect(await offered(["btauth", "epistula"])).toBe("btauth/1");
  expect(await offered(["btauth"])).toBeUndefined();
  expect(await offered(["epistula"])).toBeUndefined();
});

describe("what is refused", () => {
  test("says why, and nothing of it reaches the backend", async () => {
    await using backend = await openBackend();
    const { proxy, call: ask } = await openProxy(settingsFor(backend.url));
    await using _ = proxy;
    const target = "/inference";
    const cases = [
      [{ target, key: null }, 401, "MISSING_AUTHORIZATION"],
      [{ target, key: charlie }, 403, "SENDER_NOT_ALLOWED"],
      [{ target, receiver: SENDER, key: charlie }, 401, "WRONG_RECEIVER"],
      [{ target, headers: { "Epistula-Uuid": "x" } }, 401, "BAD_UUID"],
      [
        { target, body: "a", headers: { "Epistula-Uuid": crypto.randomUUID() } },
        401,
        "BAD_SIGNATURE",
      ],
    ] as const;
    for (const [wish, status, code] of cases) {
      const answer = await ask(wish);
      expect(answer, code).toMatchObject({ status, json: { code, detail: expect.any(String) } });
      expect(answer.json).toMatchObject({ requestId: answer.headers["x-request-id"] });
    }
    expect(backend.seen).toEqual([]);
  });

  test.each([
    { skewMs: -10_000, code: "STALE" },
    { skewMs: 10_000, code: "FUTURE" },
  ])("for a clock $skewMs ms off is told our time", async ({ skewMs, code }) => {
    await using backend = await openBackend();
    const { proxy, call: ask } = await openProxy(settingsFor(backend.url));
    await using _ = proxy;
    const answer = await ask({ target: "/inference", now: Date.now() + skewMs });
    expect(answer).toMatchObject({ status: 401, json: { code } });
    expect(Math.abs(Number(answer.headers["x-server-time"]) - Date.now())).toBeLessThan(2_000);
    expect(Date.parse(answer.headers.date ?? "")).toBeGreaterThan(0);
  });

  test("reads as FastAPI words it where there is no such path or method", async () => {
    await using backend = await openBackend();
    const { proxy } = await openProxy(settingsFor(backend.url));
    await using _ = proxy;
    expect(await call(proxy.url, { target: "/docs", method: "GET", key: null })).toMatchObject({
      status: 404,
      json: { detail: "Not Found" },
    });
    expect(await call(proxy.url, { target: "/train", method: "GET", key: null })).toMatchObject({
      status: 405,
      headers: { allow: "POST" },
      json: { detail: "Method Not Allowed" },
    });
    expect(
      await call(proxy.url, { target: `/check/${MINER}`, method: "GET", key: null }),
    ).toMatchObject({
      status: 200,
      json: { status: "ok", identifier: MINER },
    });
  });
});
