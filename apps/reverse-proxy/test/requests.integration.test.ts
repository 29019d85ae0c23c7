import { describe, expect, test } from "vitest";
import { call, charlie, MINER, openBackend, openProxy, SENDER, settingsFor } from "./harness.ts";

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
