import { hotkeyOf } from "@neurond/primitives";
import { ManualClock } from "@neurond/testing";
import { describe, expect, test } from "vitest";
import {
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
  type Wish,
} from "../harness.ts";

/** A proxy that gateways on this machine may ask. */
async function openGateway(raw: Raw = {}, more: Parameters<typeof openProxy>[1] = {}) {
  const backend = await openBackend();
  const extAuth = { listen: "127.0.0.1:0", ...raw["extAuth"] };
  const opened = await openProxy(settingsFor(backend.url, { ...raw, extAuth }), more);
  const url = opened.proxy.extAuthUrl ?? "";
  const asked = { "x-forwarded-for": "192.0.2.7" };
  /** As nginx asks: a GET without body, and the original in headers. */
  const ask = (wish: Wish, headers: Readonly<Record<string, string>> = {}) =>
    send(url, "GET", "/_auth", {
      ...asked,
      ...signed(wish),
      "x-original-method": wish.method ?? "POST",
      "x-original-uri": wish.target,
      ...headers,
    });
  return {
    ...opened,
    url,
    ask,
    async [Symbol.asyncDispose]() {
      await opened.proxy[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

const get = { method: "GET", target: "/jobs?limit=3" } as const;
const post = { method: "POST", target: "/sync/inference", body: '{"prompt":"x"}' } as const;

describe("a gateway that asks", () => {
  test("is told of a request without body that its caller's key signed it, and whose that is", async () => {
    const subnet = subnetOf({ "//Alice": 5n });
    const policy = { netuid: 11 };
    await using at = await openGateway({ policy }, { readSubnet: async () => subnet });
    const stop = new AbortController();
    const run = at.proxy.run(stop.signal);
    while (at.proxy.subnets.current(subnet.netuid) === undefined)
      await new Promise((resolve) => setImmediate(resolve));
    expect(await at.ask(get)).toMatchObject({
      status: 204,
      text: "",
      headers: {
        "x-auth-level": "full",
        "x-epistula-signed-by": SENDER,
        "x-epistula-claimed-by": SENDER,
        "x-epistula-uid": "0",
        "x-epistula-stake": "5000000000",
      },
    });
    stop.abort();
    await run;
  });

  test("is told the same of btauth, which covers method and target", async () => {
    await using at = await openGateway();
    const wish = { ...get, schemes: ["btauth"] } as const;
    expect(await at.ask(wish)).toMatchObject({ status: 204, headers: { "x-auth-level": "full" } });
    expect(await at.ask(wish, { "x-original-uri": "/jobs?limit=4" })).toMatchObject({
      status: 401,
      json: { code: "BAD_SIGNATURE" },
    });
  });

  test("is told of a request with a body no more than its interval signature shows", async () => {
    await using at = await openGateway();
    expect(await at.ask({ ...post, interval: "A" })).toMatchObject({
      status: 204,
      headers: { "x-auth-level": "interval", "x-epistula-signed-by": SENDER },
    });
    expect(await at.ask(post)).toMatchObject({
      status: 401,
      json: { code: "INTERVAL_SIGNATURE" },
    });
    // Nor does a GET that has one count as one that has none.
    expect(await at.ask(get, { "x-original-content-length": "2" })).toMatchObject({ status: 401 });
    const ofAnother = { ...post, interval: "A", key: charlie } as const;
    const mixed = { ...signed(post), ...intervalOf(signed(ofAnother)) };
    expect(await at.ask({ ...post, key: null }, mixed)).toMatchObject({ status: 401 });
  });

  test("may be content with less, which is then said to be nothing", async () => {
    await using at = await openGateway({ extAuth: { require: "head" } });
    expect(await at.ask(post)).toMatchObject({
      status: 204,
      headers: {
        "x-auth-level": "head",
        "x-epistula-signed-by": "",
        "x-epistula-claimed-by": SENDER,
        "x-epistula-uid": "",
      },
    });
  });

  test("may ask for a whole proof", async () => {
    await using at = await openGateway({ extAuth: { require: "full" } });
    expect(await at.ask({ ...post, interval: "A" })).toMatchObject({
      status: 401,
      json: { code: "PROOF_TOO_WEAK" },
    });
    expect(await at.ask(get)).toMatchObject({ status: 204 });
  });

  test("is told to refuse a copy, unless the proxy is to see the request itself", async () => {
    await using at = await openGateway();
    const headers = signed(get);
    const unsigned = { ...get, key: null };
    expect(await at.ask(unsigned, headers)).toMatchObject({ status: 204 });
    expect(await at.ask(unsigned, headers)).toMatchObject({
      status: 401,
      json: { code: "REPLAY" },
    });
    await using twice = await openGateway({ extAuth: { spendNonce: false } });
    expect(await twice.ask(unsigned, headers)).toMatchObject({ status: 204 });
    expect(await twice.ask(unsigned, headers)).toMatchObject({ status: 204 });
  });

  test("is told to refuse whoever may not call, whatever the proof", async () => {
    await using at = await openGateway();
    expect(await at.ask({ ...get, key: charlie })).toMatchObject({
      status: 403,
      json: { code: "SENDER_NOT_ALLOWED" },
    });
    expect(await at.ask({ ...get, key: null })).toMatchObject({
      status: 401,
      json: { code: "MISSING_AUTHORIZATION" },
    });
    expect(await at.ask({ ...get, receiver: hotkeyOf(charlie.publicKey) })).toMatchObject({
      status: 401,
    });
    expect(await at.ask({ ...get, now: Date.now() - 60_000 })).toMatchObject({
      status: 401,
      json: { code: "STALE" },
    });
  });

  test("is told 429 with how long to wait, by the client's address and by its hotkey", async () => {
    await using byAddress = await openGateway({ limits: { ipPerMinute: 1 } });
    await byAddress.ask({ ...get, key: null });
    const other = { "x-forwarded-for": "192.0.2.8" };
    expect(await byAddress.ask({ ...get, key: null }, other)).toMatchObject({ status: 401 });
    expect(await byAddress.ask({ ...get, key: null })).toMatchObject({
      status: 429,
      headers: { "retry-after": expect.any(String) },
      json: { code: "IP_RATE_LIMITED" },
    });
    await using byHotkey = await openGateway({ limits: { hotkey: { base: 1, perDecade: 0 } } });
    expect(await byHotkey.ask(get)).toMatchObject({ status: 204 });
    expect(await byHotkey.ask(get)).toMatchObject({ status: 429, json: { code: "RATE_LIMITED" } });
  });

  test("is told 503 while we cannot tell", async () => {
    const raw = { auth: { allowed_senders: [] }, policy: { netuid: 11 } };
    await using at = await openGateway(raw);
    expect(await at.ask(get)).toMatchObject({
      status: 503,
      json: { code: "METAGRAPH_UNAVAILABLE" },
    });
  });
});

describe("which request is asked about", () => {
  test("is said by X-Forwarded headers as Caddy and Traefik do, or by the path as Envoy does", async () => {
    await using at = await openGateway();
    const forwarded = { "x-forwarded-method": "GET", "x-forwarded-uri": get.target };
    const wish = { ...get, schemes: ["btauth"] } as const;
    expect(await send(at.url, "GET", "/_auth", { ...signed(wish), ...forwarded })).toMatchObject({
      status: 204,
    });
    expect(await send(at.url, "GET", `/_auth${get.target}`, signed(wish))).toMatchObject({
      status: 204,
    });
  });

  test("is not for the client to say: where it contradicts the gateway, nobody passes", async () => {
    const routes = [{ match: "/public", methods: ["GET"], upstream: "inference", auth: "none" }];
    await using at = await openGateway({ routes });
    const unsigned = { ...get, key: null };
    const refused = { status: 403, json: { code: "ORIGINAL_UNKNOWN" } };
    expect(await at.ask({ ...unsigned, target: "/public" })).toMatchObject({
      status: 204,
      headers: { "x-auth-level": "open", "x-epistula-signed-by": "" },
    });
    expect(await at.ask(unsigned, { "x-forwarded-uri": "/public" })).toMatchObject(refused);
    expect(await at.ask(unsigned, { "x-forwarded-method": "POST" })).toMatchObject(refused);
    expect(await send(at.url, "GET", "/_auth", {})).toMatchObject(refused);
    expect(await send(at.url, "GET", "/public", {})).toMatchObject(refused);
    // One spelling of a path, as at the door: backends decode.
    expect(await at.ask({ ...unsigned, target: "//public" })).toMatchObject(refused);
    expect(await at.ask({ ...unsigned, target: "/%70ublic" })).toMatchObject(refused);
  });

  test("must be signed where no route of ours with a backend describes it", async () => {
    await using at = await openGateway();
    for (const target of ["/", "/status", `/check/${MINER}`, "/elsewhere"])
      expect(await at.ask({ ...get, target, key: null })).toMatchObject({ status: 401 });
  });
});

test("nobody but a gateway of ours is answered", async () => {
  await using at = await openGateway({ extAuth: { trustedHops: ["192.0.2.1"] } });
  expect(await at.ask(get)).toMatchObject({ status: 403, json: { code: "GATEWAY_NOT_TRUSTED" } });
});

test("what gateways ask is counted, and a caller that is refused waits as at the door", async () => {
  const clock = new ManualClock(Date.now());
  await using at = await openGateway({ limits: { backoffAfter: 2 } }, { now: () => clock.now() });
  const unsigned = { ...get, key: null };
  await at.ask(unsigned);
  await at.ask(unsigned);
  expect(await at.ask(get)).toMatchObject({ status: 429, json: { code: "BACKOFF" } });
  const metrics = await (await fetch(`${at.proxy.metricsUrl}/metrics`)).text();
  expect(metrics).toContain('{route="/_auth",code="401",auth="none",app="test"} 2');
});

const intervalOf = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => /secret-signature/i.test(name)));
