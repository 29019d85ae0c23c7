import { hash } from "node:crypto";
import { hotkeyOf } from "@neurond/primitives";
import { ManualClock } from "@neurond/testing";
import { describe, expect, test } from "vitest";
import {
  alice,
  charlie,
  MINER,
  openBackend,
  openProxy,
  type Raw,
  SENDER,
  send,
  settingsFor,
  signed,
  subnetOf,
} from "./harness.ts";

const CHARLIE = hotkeyOf(charlie.publicKey);
const target = "/sync/inference";

async function door(raw: Raw = {}, more: Parameters<typeof openProxy>[1] = {}) {
  const backend = await openBackend();
  const opened = await openProxy(settingsFor(backend.url, raw), more);
  const stop = new AbortController();
  const run = opened.proxy.run(stop.signal);
  return {
    ...opened,
    backend,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await run;
      await opened.proxy[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

/** Waits for something that happens within this process soon. */
async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error("it did not happen within 5 s");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const snapshotRead = (at: Awaited<ReturnType<typeof door>>, netuid = 11) =>
  until(() => at.proxy.subnets.current(netuid as never) !== undefined);

describe("who may call", () => {
  const only = { allowed_senders: [] };

  test("is who has a permit and enough stake on the subnet, beside those named", async () => {
    const subnet = subnetOf({ "//Alice": 5000n, "//Charlie": 10n });
    const policy = { netuid: 11, minStake: "1000" };
    await using at = await door({ auth: only, policy }, { readSubnet: async () => subnet });
    await snapshotRead(at);
    expect(await at.call({ target })).toMatchObject({ status: 200 });
    expect(at.backend.seen[0]?.headers).toMatchObject({ "x-epistula-uid": "0" });
    expect(await at.call({ target, key: charlie })).toMatchObject({
      status: 403,
      json: { code: "LOW_STAKE" },
    });
  });

  test("is nobody but those named while the subnet is too old to judge by", async () => {
    const clock = new ManualClock(Date.now());
    let reads = 0;
    const readSubnet = async () => {
      reads += 1;
      return subnetOf({ "//Alice": 5000n });
    };
    const raw = { auth: { allowed_senders: [CHARLIE] }, policy: { netuid: 11, maxAgeSec: 60 } };
    await using at = await door(raw, { readSubnet, now: clock.now });
    await snapshotRead(at);
    const ask = async (key: typeof alice) => at.call({ target, key });
    expect(await ask(alice)).toMatchObject({ status: 200 });
    clock.advance(61_000);
    expect(await ask(alice)).toMatchObject({
      status: 503,
      json: { code: "METAGRAPH_UNAVAILABLE" },
      headers: { "retry-after": expect.any(String) },
    });
    expect(await ask(charlie)).toMatchObject({ status: 200 });
    expect(reads).toBe(1);
  });

  test("is known right after a reload that changes how fresh a view has to be", async () => {
    const read = Promise.withResolvers<ReturnType<typeof subnetOf>>();
    const answers = [Promise.resolve(subnetOf({ "//Alice": 1n })), read.promise];
    const readSubnet = () => answers.shift() ?? read.promise;
    const raw = { auth: only, policy: { netuid: 11, maxAgeSec: 600 } };
    await using at = await door(raw, { readSubnet });
    await snapshotRead(at);
    const next = { ...raw, policy: { netuid: 11, maxAgeSec: 300 } };
    expect(at.proxy.reload(() => settingsFor(at.backend.url, next)).kind).toBe("taken");
    expect(await at.call({ target })).toMatchObject({ status: 200 });
    read.resolve(subnetOf({ "//Charlie": 1n }));
    await expect.poll(async () => (await at.call({ target })).status).toBe(403);
  });

  test("is not who was denied, whatever else holds", async () => {
    await using at = await door({ auth: { denied_senders: [SENDER] } });
    expect(await at.call({ target })).toMatchObject({
      status: 403,
      json: { code: "SENDER_NOT_ALLOWED" },
    });
  });

  test("is everybody with a key where that is meant", async () => {
    await using at = await door({ auth: { ...only, open: true } });
    expect(await at.call({ target, key: charlie })).toMatchObject({ status: 200 });
    expect(await at.call({ target, key: null })).toMatchObject({ status: 401 });
  });

  test("is judged for each of our hotkeys by its own subnet", async () => {
    const netuids: number[] = [];
    const readSubnet = async (netuid: number) => {
      netuids.push(netuid);
      return subnetOf(netuid === 11 ? { "//Alice": 1n } : { "//Charlie": 1n }, netuid);
    };
    const raw = {
      auth: { miner_hotkey: [MINER, CHARLIE], allowed_senders: [] },
      policy: { netuid: 11 },
      tenants: [{ hotkey: CHARLIE, netuid: 12, upstreams: { inference: "other" } }],
      upstreams: { other: { urls: ["http://127.0.0.1:1"] } },
    };
    await using at = await door(raw, { readSubnet });
    await snapshotRead(at);
    await snapshotRead(at, 12);
    expect(netuids.sort()).toEqual([11, 12]);
    expect(await at.call({ target })).toMatchObject({ status: 200 });
    expect(await at.call({ target, receiver: CHARLIE })).toMatchObject({
      status: 403,
      json: { code: "NOT_REGISTERED" },
    });
    expect(await at.call({ target, key: charlie })).toMatchObject({
      status: 403,
      json: { code: "NOT_REGISTERED" },
    });
    // Served by servers of its own, which are down.
    const toSelf = await at.call({ target, key: charlie, receiver: CHARLIE, schemes: ["btauth"] });
    expect(toSelf).toMatchObject({ status: 502 });
  });
});

describe("limits", () => {
  test("of a hotkey grow with its stake, and count proven requests only", async () => {
    const subnet = subnetOf({ "//Alice": 99n, "//Charlie": 0n });
    const limits = { hotkey: { base: 2, perDecade: 1 }, coldkey: { base: 1000, perDecade: 0 } };
    await using at = await door(
      { auth: { allowed_senders: [] }, policy: { netuid: 11 }, limits },
      { readSubnet: async () => subnet },
    );
    await snapshotRead(at);
    const forged = {
      target,
      body: "x",
      headers: { "Epistula-Uuid": "3f2b8c1a-9d4e-4f60-8b7a-1c2d3e4f5a6b" },
    };
    for (let sent = 0; sent < 9; sent += 1) await at.call(forged);
    // log10(1 + 99) is 2 decades.
    for (let sent = 0; sent < 4; sent += 1)
      expect(await at.call({ target })).toMatchObject({ status: 200 });
    const refused = await at.call({ target });
    expect(refused).toMatchObject({ status: 429, json: { code: "RATE_LIMITED" } });
    expect(refused.headers).toMatchObject({ "ratelimit-limit": "4", "ratelimit-remaining": "0" });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(await at.call({ target, key: charlie })).toMatchObject({ status: 200 });
  });

  test("of a coldkey hold for all its hotkeys together", async () => {
    const subnet = subnetOf({ "//Alice": 1n, "//Charlie": 1n });
    const [one, other] = [...subnet.byHotkey.values()];
    if (one === undefined || other === undefined) throw new Error("no neurons");
    const same = { ...other, coldkey: one.coldkey };
    const byHotkey = new Map([...subnet.byHotkey, [other.hotkey, same]]);
    const limits = { coldkey: { base: 2, perDecade: 0 } };
    const raw = { auth: { allowed_senders: [] }, policy: { netuid: 11 }, limits };
    await using at = await door(raw, { readSubnet: async () => ({ ...subnet, byHotkey }) });
    await snapshotRead(at);
    expect(await at.call({ target })).toMatchObject({ status: 200 });
    expect(await at.call({ target, key: charlie })).toMatchObject({ status: 200 });
    expect(await at.call({ target })).toMatchObject({
      status: 429,
      json: { detail: "the coldkey has had its requests for now" },
    });
  });

  test("of everybody together hold for whoever comes last", async () => {
    await using at = await door({ limits: { globalPerMinute: 1 } });
    expect(await at.call({ target })).toMatchObject({ status: 200 });
    expect(await at.call({ target })).toMatchObject({
      status: 429,
      json: { detail: "the whole door has had its requests for now" },
    });
  });

  test("of a route hold for open routes too", async () => {
    const routes = [{ match: "/open", upstream: "inference", auth: "none", perMinute: 1 }];
    await using at = await door({ routes });
    expect(await at.call({ target: "/open", key: null })).toMatchObject({ status: 200 });
    expect(await at.call({ target: "/open", key: null })).toMatchObject({ status: 429 });
  });

  test("of an address are wider once a caller has proven its key from there", async () => {
    const limits = { ipPerMinute: 2, provenIpPerMinute: 3 };
    await using at = await door({ limits });
    expect(await at.call({ target, key: null })).toMatchObject({ status: 401 });
    expect(await at.call({ target })).toMatchObject({ status: 200 });
    for (let sent = 0; sent < 3; sent += 1)
      expect(await at.call({ target })).toMatchObject({ status: 200 });
    expect(await at.call({ target })).toMatchObject({
      status: 429,
      json: { code: "IP_RATE_LIMITED" },
    });
  });

  test("make an address wait longer and longer whose callers are all refused", async () => {
    const limits = { backoffAfter: 2, backoffMaxSec: 60 };
    await using at = await door({ limits });
    for (let sent = 0; sent < 2; sent += 1)
      expect(await at.call({ target, key: null })).toMatchObject({ status: 401 });
    expect(await at.call({ target })).toMatchObject({
      status: 429,
      json: { code: "BACKOFF" },
      headers: { "retry-after": "1" },
    });
    expect(await at.call({ target: "/status", method: "GET", key: null })).toMatchObject({
      status: 200,
    });
  });

  test("can be worked off by who solves a puzzle, once each", async () => {
    await using at = await door({ limits: { backoffAfter: 1, puzzleBits: 6 } });
    expect(await at.call({ target, key: null })).toMatchObject({ status: 401 });
    const waits = await at.call({ target });
    expect(waits).toMatchObject({ status: 429, json: { code: "BACKOFF" } });
    const [challenge = ""] = String(waits.headers["x-puzzle"]).split(";");
    const nonces = Array.from({ length: 4_000 }, (_, nonce) => `${challenge}:${nonce}`);
    const solution = nonces.find((text) => (hash("sha256", text, "buffer")[0] ?? 255) < 4) ?? "";
    const headers = { "X-Puzzle-Solution": solution };
    expect(await at.call({ target, key: charlie, headers })).toMatchObject({ status: 403 });
    expect(await at.call({ target, key: charlie, headers })).toMatchObject({ status: 429 });
  });

  test("of a policy in dry run are counted and not kept", async () => {
    const limits = { hotkey: { base: 1, perDecade: 0 } };
    await using at = await door({ limits, policy: { dryRun: ["rate-limit", "authorise"] } });
    for (let sent = 0; sent < 3; sent += 1)
      expect(await at.call({ target })).toMatchObject({ status: 200 });
    expect(await at.call({ target, key: charlie })).toMatchObject({ status: 200 });
    const metrics = await (await fetch(`${at.proxy.metricsUrl}/metrics`)).text();
    expect(metrics).toMatch(
      /neuron_proxy_shadow_denials_total\{policy="rate-limit",code="RATE_LIMITED".*\} 2/,
    );
    expect(metrics).toMatch(
      /neuron_proxy_shadow_denials_total\{policy="authorise",code="SENDER_NOT_ALLOWED".*\} 1/,
    );
  });

  test("of a body hold whether its length is told or not, and nothing of it goes on", async () => {
    await using at = await door({ limits: { maxBodyBytes: 10 } });
    expect(await at.call({ target, body: "x".repeat(11) })).toMatchObject({
      status: 413,
      json: { code: "BODY_TOO_LARGE" },
    });
    expect(at.backend.seen).toEqual([]);
  });
});

describe("a body that says it is JSON", () => {
  test("must be JSON where that is asked for", async () => {
    await using at = await door({ limits: { validateRequests: true } });
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
    await using at = await door();
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
      await using at = await door({ auth: { errorDialect: "dippy" } });
      const answer = await at.call({ target, key: null });
      expect(answer).toMatchObject({
        status: 401,
        json: { detail: "Authorization header required" },
      });
    }
    {
      await using at = await door({ auth: { errorDialect: "targon" } });
      const answer = await at.call({ target, now: Date.now() - 60_000 });
      expect(answer).toMatchObject({ status: 400, json: { detail: "Request is too stale" } });
    }
    await using at = await door({ auth: { opaqueErrors: true } });
    expect(await at.call({ target, key: null })).toMatchObject({
      status: 401,
      json: { code: "UNAUTHORIZED" },
    });
    expect(at.lines.some(({ authCode }) => authCode === "MISSING_AUTHORIZATION")).toBe(true);
  });

  test("of one address are one line at once and one for the rest of the minute", async () => {
    await using at = await door();
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
    await using at = await door({ routes });
    expect(await at.call({ target: "/new" })).toMatchObject({
      status: 401,
      json: { code: "SCHEME_NOT_ALLOWED" },
    });
    expect(await at.call({ target: "/new", schemes: ["btauth"] })).toMatchObject({ status: 200 });
  });

  test("are not gone back from by who was seen with the stronger one", async () => {
    await using at = await door({ auth: { upgradeHours: 1 } });
    expect(await at.call({ target })).toMatchObject({ status: 200 });
    expect(await at.call({ target, schemes: ["btauth"] })).toMatchObject({ status: 200 });
    expect(await at.call({ target })).toMatchObject({
      status: 401,
      json: { code: "SCHEME_NOT_ALLOWED" },
    });
  });

  test("of Epistula need an interval signature first where that gate is shut", async () => {
    await using at = await door({ auth: { intervalGate: true } });
    expect(await at.call({ target })).toMatchObject({
      status: 401,
      json: { code: "INTERVAL_SIGNATURE" },
    });
    expect(await at.call({ target, interval: "A" })).toMatchObject({ status: 200 });
    expect(await at.call({ target, schemes: ["btauth"] })).toMatchObject({ status: 200 });
  });

  test("that do not cover the target are refused where a binding is demanded", async () => {
    await using at = await door({ auth: { binding: "required" } });
    expect((await at.call({ target })).status).toBe(401);
    expect(await at.call({ target, binding: true })).toMatchObject({ status: 200 });
  });
});

describe("browsers", () => {
  const asks = { Origin: "https://a.example", "Access-Control-Request-Method": "POST" };

  test("are told nothing unless an origin may call", async () => {
    await using at = await door();
    const answer = await send(at.proxy.url, "OPTIONS", target, asks);
    expect(answer.status).toBe(405);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test("of a named origin may ask and call", async () => {
    await using at = await door({ cors: { origins: ["https://a.example"] } });
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
    await using at = await door();
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
    await using at = await door({ server: { debugRequests: true } });
    const headers = signed({ target, dialect: "superset" });
    await send(at.proxy.url, "POST", target, headers);
    const text = JSON.stringify(at.lines.filter(({ msg }) => msg === "request headers"));
    expect(text).toContain(headers["Epistula-Uuid"]);
    expect(text).not.toContain(headers["Epistula-Request-Signature"]?.slice(4, 60));
  });
});
