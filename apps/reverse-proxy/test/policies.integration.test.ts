import { describe, expect, test } from "vitest";
import { openDoor } from "./door.ts";
import { SENDER, send, signed } from "./harness.ts";

const target = "/sync/inference";

describe("a body that says it is JSON", () => {
  test("must be JSON where that is asked for", async () => {
    await using at = await openDoor({ limits: { validateRequests: true } });
    expect(await at.call({ target, body: "{" })).toMatchObject({
      status: 400,
      json: { code: "BODY_INVALID" },
    });
    expect(await at.call({ target, body: '{"a":1}' })).toMatchObject({ status: 200 });
    expect(
      await at.call({ target, body: "{", headers: { "content-type": "image/png" } }),
    ).toMatchObject({ status: 200 });
  });

  test.each([
    ["plainly", { callback_url: "http://169.254.169.254/latest" }],
    ["by a name inside", { image_url: "http://localhost:8091/" }],
  ])("may not lead the backend into our own network, %s", async (_, fields) => {
    await using at = await openDoor();
    const plain = JSON.stringify({ prompt: "a", ...fields });
    const escaped = plain.replace("_url", "\\u005furl");
    for (const body of [plain, escaped, Buffer.from(plain, "utf16le")]) {
      expect(await at.call({ target, body })).toMatchObject({
        status: 422,
        json: { code: "URL_NOT_ALLOWED" },
      });
    }
    expect(at.backend.seen).toEqual([]);
  });
});

describe("refusals", () => {
  test("can be in the words of the servers that tools know, or all alike", async () => {
    {
      await using at = await openDoor({ auth: { errorDialect: "dippy" } });
      const answer = await at.call({ target, key: null });
      expect(answer).toMatchObject({
        status: 401,
        json: { detail: "Authorization header required" },
      });
    }
    {
      await using at = await openDoor({ auth: { errorDialect: "targon" } });
      const answer = await at.call({ target, now: Date.now() - 60_000 });
      expect(answer).toMatchObject({ status: 400, json: { detail: "Request is too stale" } });
    }
    await using at = await openDoor({ auth: { opaqueErrors: true } });
    expect(await at.call({ target, key: null })).toMatchObject({
      status: 401,
      json: { code: "UNAUTHORIZED" },
    });
    expect(at.lines.some(({ authCode }) => authCode === "MISSING_AUTHORIZATION")).toBe(true);
  });

  test("of one address are one line at once and one for the rest of the minute", async () => {
    await using at = await openDoor();
    for (let sent = 0; sent < 5; sent += 1) await at.call({ target, key: null });
    const refused = at.lines.filter(({ msg }) => msg === "caller refused");
    expect(refused).toMatchObject([
      { ip: "127.0.0.1", authCode: "MISSING_AUTHORIZATION", route: target },
    ]);
    await at.proxy.drain();
    const rest = at.lines.filter(({ msg }) => msg === "more callers refused");
    expect(rest).toMatchObject([
      { ip: "127.0.0.1", refused: 4, codes: { MISSING_AUTHORIZATION: 4 } },
    ]);
  });
});

describe("schemes", () => {
  test("of a route are those it names", async () => {
    const routes = [{ match: "/new", upstream: "inference", auth: ["btauth"] }];
    await using at = await openDoor({ routes });
    expect(await at.call({ target: "/new" })).toMatchObject({
      status: 401,
      json: { code: "SCHEME_NOT_ALLOWED" },
    });
    expect(await at.call({ target: "/new", schemes: ["btauth"] })).toMatchObject({ status: 200 });
  });

  test("are not gone back from by who was seen with the stronger one", async () => {
    await using at = await openDoor({ auth: { upgradeHours: 1 } });
    expect(await at.call({ target })).toMatchObject({ status: 200 });
    expect(await at.call({ target, schemes: ["btauth"] })).toMatchObject({ status: 200 });
    expect(await at.call({ target })).toMatchObject({
      status: 401,
      json: { code: "SCHEME_NOT_ALLOWED" },
    });
  });

  test("of Epistula need an interval signature first where that gate is shut", async () => {
    await using at = await openDoor({ auth: { intervalGate: true } });
    expect(await at.call({ target })).toMatchObject({
      status: 401,
      json: { code: "INTERVAL_SIGNATURE" },
    });
    expect(await at.call({ target, interval: "A" })).toMatchObject({ status: 200 });
    expect(await at.call({ target, schemes: ["btauth"] })).toMatchObject({ status: 200 });
  });

  test("that do not cover the target are refused where a binding is demanded", async () => {
    await using at = await openDoor({ auth: { binding: "required" } });
    expect((await at.call({ target })).status).toBe(401);
    expect(await at.call({ target, binding: true })).toMatchObject({ status: 200 });
  });
});

describe("browsers", () => {
  const asks = { Origin: "https://a.example", "Access-Control-Request-Method": "POST" };

  test("are told nothing unless an origin may call", async () => {
    await using at = await openDoor();
    const answer = await send(at.proxy.url, "OPTIONS", target, asks);
    expect(answer.status).toBe(405);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test("of a named origin may ask and call", async () => {
    await using at = await openDoor({ cors: { origins: ["https://a.example"] } });
    const before = await send(at.proxy.url, "OPTIONS", target, {
      ...asks,
      "Access-Control-Request-Headers": "epistula-uuid",
    });
    expect(before).toMatchObject({
      status: 200,
      headers: {
        "access-control-allow-origin": "https://a.example",
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "epistula-uuid",
        vary: "Origin",
      },
    });
    const answer = await at.call({ target, headers: { Origin: "https://a.example" } });
    expect(answer.headers["access-control-allow-origin"]).toBe("https://a.example");
    const other = await at.call({ target, headers: { Origin: "https://b.example" } });
    expect(other.headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("the log", () => {
  test("has one line for each request, with who, where, how long and how much", async () => {
    await using at = await openDoor();
    await at.call({ target, body: "{}" });
    const [line] = at.lines.filter(({ msg }) => msg === "request");
    expect(line).toMatchObject({
      level: "info",
      hotkey: SENDER,
      route: target,
      status: 200,
      bytesIn: 2,
      bytesOut: 11,
      authCode: "epistula/2",
      queueMs: expect.any(Number),
      upstreamMs: expect.any(Number),
      requestId: expect.any(String),
    });
  });

  test("shows headers where that is asked for, and never a signature", async () => {
    await using at = await openDoor({ server: { debugRequests: true } });
    const headers = signed({ target, dialect: "superset" });
    await send(at.proxy.url, "POST", target, headers);
    const text = JSON.stringify(at.lines.filter(({ msg }) => msg === "request headers"));
    expect(text).toContain(headers["Epistula-Uuid"]);
    expect(text).not.toContain(headers["Epistula-Request-Signature"]?.slice(4, 60));
  });
});
