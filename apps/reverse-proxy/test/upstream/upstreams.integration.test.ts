import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf } from "@neurond/primitives";
import { Registry } from "@neurond/runtime";
import { expect, test } from "vitest";
import type { Deny } from "../../src/policy.ts";
import { createUpstreamMetrics } from "../../src/upstream/metrics.ts";
import { openUpstreams } from "../../src/upstream/open-upstreams.ts";
import {
  ADAPTIVE_DEFAULTS,
  HEALTH_DEFAULTS,
  UPSTREAM_DEFAULTS,
  type UpstreamSettings,
} from "../../src/upstream/settings.ts";
import type { Slot, Upstream, Upstreams } from "../../src/upstream/upstream.ts";
import { openBackend } from "./backend.ts";
import { type ExchangeParts, exchangeOf } from "./exchange.ts";

const forever = new AbortController().signal;
const alice = hotkeyOf(keypairFromUri("//Alice").publicKey);
const bob = hotkeyOf(keypairFromUri("//Bob").publicKey);

type Change = Partial<Omit<UpstreamSettings, "urls">>;
const settingsOf = (urls: readonly string[], change: Change = {}): UpstreamSettings => ({
  ...UPSTREAM_DEFAULTS,
  urls,
  ...change,
});

function open(urls: readonly string[], change: Change = {}): Upstreams {
  const metrics = createUpstreamMetrics(new Registry());
  return openUpstreams({ gpu: settingsOf(urls, change) }, { metrics, random: () => 0.5 });
}

function gpu(upstreams: Upstreams): Upstream {
  const upstream = upstreams.get("gpu");
  if (upstream === undefined) throw new Error("no upstream");
  return upstream;
}

const isSlot = (result: Slot | Deny): result is Slot => "release" in result;

async function slotOf(upstream: Upstream, parts: ExchangeParts = {}): Promise<Slot> {
  const result = await upstream.acquire(exchangeOf(parts), forever);
  if (!isSlot(result)) throw new Error(`${result.code}: ${result.detail}`);
  return result;
}

async function denialOf(upstream: Upstream, parts: ExchangeParts = {}): Promise<Deny> {
  const result = await upstream.acquire(exchangeOf(parts), forever);
  if (isSlot(result)) throw new Error("was given a slot");
  return result;
}

/** Sends one request with a slot and gives it back; the status, or why there was none. */
async function send(slot: Slot, path = "/inference") {
  try {
    const { statusCode, body } = await slot.dispatcher.request({
      path: `${slot.pathPrefix}${path}`,
      method: "GET",
      headersTimeout: 2_000,
    });
    slot.answered();
    await body.dump();
    slot.release(statusCode);
    return statusCode;
  } catch (error) {
    const refused = error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
    const failure = refused ? "unreachable" : "broken";
    slot.release(failure);
    return failure;
  }
}

const call = async (upstream: Upstream) => send(await slotOf(upstream));

async function until(condition: () => boolean | Promise<boolean>) {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("did not happen in time");
    await sleep(5);
  }
}

test("under load no more is at work than there are slots, and turns follow stake", async () => {
  let [atWork, most] = [0, 0];
  const order: string[] = [];
  await using backend = await openBackend((request, response) => {
    atWork += 1;
    most = Math.max(most, atWork);
    order.push(request.url ?? "");
    setTimeout(() => {
      atWork -= 1;
      response.end();
    }, 10);
  });
  await using upstreams = open([backend.url], { maxConcurrent: 2 });
  const upstream = gpu(upstreams);
  const holding = [await slotOf(upstream), await slotOf(upstream)];
  const waiting = Array.from({ length: 10 }, async (_, n) => {
    const rich = n % 2 === 1;
    const parts = { hotkey: rich ? alice : bob, stakeTao: rich ? 100_000 : 10 };
    return send(await slotOf(upstream, parts), rich ? "/rich" : "/poor");
  });
  expect(upstream.queueDepth).toBe(10);
  for (const slot of holding) slot.release(200);
  await Promise.all(waiting);
  expect(most).toBe(2);
  expect(order).toEqual([...Array(5).fill("/rich"), ...Array(5).fill("/poor")]);
  expect(upstream.queueDepth).toBe(0);
});

test("a slot is given at once where one is free, and given back only once", async () => {
  await using upstreams = open(["http://127.0.0.1:9"], { maxConcurrent: 1 });
  const upstream = gpu(upstreams);
  const slot = upstream.acquire(exchangeOf(), forever);
  if (slot instanceof Promise || !isSlot(slot)) throw new Error("no slot");
  const second = upstream.acquire(exchangeOf(), forever);
  const third = upstream.acquire(exchangeOf(), forever);
  expect(second).toBeInstanceOf(Promise);
  slot.release(200);
  slot.release(200);
  expect(isSlot(await second)).toBe(true);
  expect(upstream.queueDepth).toBe(1);
  void third;
});

test("overflow is told how many wait, for how long, and when to come back", async () => {
  const queue = { ...UPSTREAM_DEFAULTS.queue, maxWaiting: 1 };
  await using upstreams = open(["http://127.0.0.1:9"], { maxConcurrent: 1, queue });
  const upstream = gpu(upstreams);
  const first = await slotOf(upstream);
  await sleep(30);
  first.release(200);
  const held = await slotOf(upstream);
  expect(upstream.state).toBe("ready");
  const waiting = upstream.acquire(exchangeOf(), forever);
  expect(upstream.state).toBe("saturated");
  const deny = await denialOf(upstream);
  expect(deny).toMatchObject({ status: 503, code: "QUEUE_FULL" });
  expect(deny.headers).toMatchObject({ "Retry-After": "1", "X-Queue-Depth": "1" });
  expect(Number(deny.headers?.["X-Queue-Estimate-Ms"])).toBeGreaterThanOrEqual(50);
  held.release(200);
  expect(isSlot(await waiting)).toBe(true);
});

test("a server that dies opens its breaker; back again, it is tried and then trusted", async () => {
  await using backend = await openBackend((_, response) => response.end("ok"));
  const breaker = { ...UPSTREAM_DEFAULTS.breaker, consecutiveFailures: 3, openMs: 200, probes: 2 };
  await using upstreams = open([backend.url], { breaker });
  const upstream = gpu(upstreams);
  expect(await call(upstream)).toBe(200);
  await backend.close();
  for (let n = 0; n < 3; n += 1) expect(await call(upstream)).not.toBe(200);
  expect(upstream.state).toBe("down");
  expect(await denialOf(upstream)).toMatchObject({
    status: 503,
    code: "UPSTREAM_DOWN",
    headers: { "Retry-After": "1" },
  });
  await backend.revive();
  await until(() => upstream.state === "ready");
  // Half-open: two probes go, a third waits for their word.
  const probes = [await slotOf(upstream), await slotOf(upstream)];
  const third = upstream.acquire(exchangeOf(), forever);
  expect(upstream.queueDepth).toBe(1);
  expect(await Promise.all(probes.map((slot) => send(slot)))).toEqual([200, 200]);
  const slot = await third;
  expect(isSlot(slot) && (await send(slot))).toBe(200);
});

test("when the last server goes down those who wait are not kept waiting", async () => {
  const breaker = { ...UPSTREAM_DEFAULTS.breaker, consecutiveFailures: 1, openMs: 60_000 };
  await using upstreams = open(["http://127.0.0.1:9"], { maxConcurrent: 1, breaker });
  const upstream = gpu(upstreams);
  const slot = await slotOf(upstream);
  const waiting = upstream.acquire(exchangeOf(), forever);
  slot.release("unreachable");
  expect(await waiting).toMatchObject({ code: "UPSTREAM_DOWN", headers: { "Retry-After": "60" } });
});

test("a client that leaves the queue, or comes dead, costs no slot", async () => {
  await using upstreams = open(["http://127.0.0.1:9"], { maxConcurrent: 1 });
  const upstream = gpu(upstreams);
  const slot = await slotOf(upstream);
  const leaving = new AbortController();
  const left = upstream.acquire(exchangeOf(), leaving.signal);
  leaving.abort();
  expect(await left).toMatchObject({ status: 499, code: "CLIENT_LEFT" });
  expect(upstream.acquire(exchangeOf(), leaving.signal)).toMatchObject({ code: "CLIENT_LEFT" });
  slot.release("client-left");
  expect(upstream.state).toBe("ready");
});

test("of several servers the one with the least to do is chosen", async () => {
  await using slow = await openBackend((_, response) => void setTimeout(() => response.end(), 100));
  await using fast = await openBackend((_, response) => void response.end());
  const queue = { ...UPSTREAM_DEFAULTS.queue, maxPerHotkey: 100 };
  await using upstreams = open([slow.url, fast.url], { maxConcurrent: 4, queue });
  const upstream = gpu(upstreams);
  await Promise.all(Array.from({ length: 40 }, () => call(upstream)));
  expect(fast.seen).toBeGreaterThan(slow.seen * 3);
});

test("a server that fails where its peers do not is taken out for a while", async () => {
  await using bad = await openBackend((_, response) => void response.writeHead(500).end());
  await using good = await openBackend((_, response) => void response.end());
  const breaker = { ...UPSTREAM_DEFAULTS.breaker, consecutiveFailures: 1_000, errorPercent: 101 };
  await using upstreams = open([bad.url, good.url], { breaker });
  const upstream = gpu(upstreams);
  const statuses: unknown[] = [];
  for (let n = 0; n < 100; n += 1) statuses.push(await call(upstream));
  expect(bad.seen).toBeLessThanOrEqual(21);
  expect(statuses.slice(-50)).toEqual(Array(50).fill(200));
});

test("an adaptive limit keeps a server that works one by one from being handed all at once", async () => {
  let [atWork, most] = [0, 0];
  let last: Promise<unknown> = Promise.resolve();
  await using backend = await openBackend((_, response) => {
    atWork += 1;
    most = Math.max(most, atWork);
    last = last
      .then(() => sleep(2))
      .then(() => {
        atWork -= 1;
        response.end();
      });
  });
  const queue = { ...UPSTREAM_DEFAULTS.queue, maxPerHotkey: 1_000, maxWaiting: 1_000 };
  await using upstreams = open([backend.url], { queue, adaptive: ADAPTIVE_DEFAULTS });
  const upstream = gpu(upstreams);
  await Promise.all(Array.from({ length: 300 }, () => call(upstream)));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThan(32);
});

test("checks of health take a server out and bring it back, however long its answers are", async () => {
  await using backend = await openBackend((_, response) => {
    // An answer without end must hold up no check.
    response.writeHead(200);
    const timer = setInterval(() => response.write(Buffer.alloc(65_536)), 1);
    response.on("close", () => clearInterval(timer));
  });
  const health = { ...HEALTH_DEFAULTS, path: "/health", intervalMs: 10, timeoutMs: 500 };
  await using upstreams = open([backend.url], { health });
  const stop = new AbortController();
  const watching = upstreams.watch(stop.signal);
  await until(() => backend.seen > 2);
  expect(gpu(upstreams).state).toBe("ready");
  backend.answer = (_, response) => void response.writeHead(500).end();
  await until(() => gpu(upstreams).state === "down");
  await backend.close();
  await backend.revive();
  backend.answer = (request, response) => {
    response.writeHead(request.url === "/health" ? 204 : 500).end();
  };
  await until(() => gpu(upstreams).state === "ready");
  // A later configuration is watched as well.
  upstreams.replace({ other: settingsOf([backend.url], { health }) });
  backend.answer = (_, response) => void response.writeHead(500).end();
  await until(() => upstreams.get("other")?.state === "down");
  stop.abort();
  await watching;
});

test("new settings leave what is the same as it is, and let the rest end what it began", async () => {
  const held = Promise.withResolvers<void>();
  await using backend = await openBackend((_, response) => {
    void held.promise.then(() => response.end("whole"));
  });
  const settings = settingsOf([backend.url], { maxConcurrent: 1 });
  const metrics = createUpstreamMetrics(new Registry());
  await using upstreams = openUpstreams({ kept: settings, gpu: settings }, { metrics });
  const [kept, before] = [upstreams.get("kept"), gpu(upstreams)];
  const running = call(before);
  const waiting = before.acquire(exchangeOf(), forever);
  await until(() => backend.seen === 1);
  upstreams.replace({ kept: { ...settings }, gpu: { ...settings, maxConcurrent: 2 } });
  expect(upstreams.get("kept")).toBe(kept);
  expect(gpu(upstreams)).not.toBe(before);
  expect(await denialOf(before)).toMatchObject({ code: "UPSTREAM_DOWN" });
  held.resolve();
  expect(await running).toBe(200);
  const slot = await waiting;
  expect(isSlot(slot) && (await send(slot))).toBe(200);
  expect(await call(gpu(upstreams))).toBe(200);
  await until(() => isSlot(slot) && "closed" in slot.dispatcher && slot.dispatcher.closed === true);
});

test("settings that cannot be used change nothing", async () => {
  await using upstreams = open(["http://127.0.0.1:9"]);
  const before = gpu(upstreams);
  expect(() =>
    upstreams.replace({
      fine: settingsOf(["http://127.0.0.1:9"]),
      gpu: settingsOf(["gopher://x"]),
    }),
  ).toThrow(expect.objectContaining({ code: "UPSTREAM_URL_INVALID" }));
  const tls = { ca: "no certificate", cert: "nor this", key: null, serverName: null };
  expect(() => upstreams.replace({ gpu: settingsOf(["https://127.0.0.1:9"], { tls }) })).toThrow(
    expect.objectContaining({ code: "UPSTREAM_TLS_INVALID" }),
  );
  expect(upstreams.all()).toEqual([before]);
  expect(before.state).toBe("ready");
});

test("connections are kept, no more than allowed, and a unix socket serves as well", async () => {
  const directory = await mkdtemp(join(tmpdir(), "neurond-upstream-"));
  const sockets = new Set<unknown>();
  const server = createServer((request, response) => {
    sockets.add(request.socket);
    setTimeout(() => response.end(request.url), 2);
  });
  server.listen(join(directory, "gpu.sock"));
  await once(server, "listening");
  const queue = { ...UPSTREAM_DEFAULTS.queue, maxPerHotkey: 100 };
  const upstreams = open([`unix:${directory}/gpu.sock`], { maxConcurrentPerServer: 2, queue });
  const calls = Array.from({ length: 20 }, () => call(gpu(upstreams)));
  expect(await Promise.all(calls)).toEqual(Array(20).fill(200));
  expect(sockets.size).toBe(2);
  await upstreams[Symbol.asyncDispose]();
  server.close();
  await once(server, "close");
  await rm(directory, { recursive: true });
});

test("closing cuts off what is at work and sends away who waits", async () => {
  await using backend = await openBackend(() => undefined);
  const upstreams = open([backend.url], { maxConcurrent: 1 });
  const running = call(gpu(upstreams));
  const waiting = gpu(upstreams).acquire(exchangeOf(), forever);
  await until(() => backend.seen === 1);
  await upstreams[Symbol.asyncDispose]();
  expect(await running).toBe("broken");
  expect(await waiting).toMatchObject({ code: "UPSTREAM_DOWN" });
});

test("a server that asks for our certificate is shown it, and must show the one we expect", async () => {
  const read = (name: string) => readFile(join(import.meta.dirname, "tls", name), "utf8");
  const [ca, cert, key] = await Promise.all([
    read("ca.pem"),
    read("client.pem"),
    read("client.key"),
  ]);
  const server = createTlsServer(
    { ca, cert: await read("server.pem"), key: await read("server.key"), requestCert: true },
    (_, response) => void response.end(),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const outcome = async (tls: UpstreamSettings["tls"]) => {
    await using upstreams = open([`https://127.0.0.1:${port}`], { tls });
    return await call(gpu(upstreams));
  };
  const whole = { ca, cert, key, serverName: "gpu.internal" };
  expect(await outcome(whole)).toBe(200);
  expect(await outcome({ ...whole, cert: null, key: null })).toBe("broken");
  expect(await outcome({ ...whole, serverName: null })).toBe("broken");
  expect(await outcome({ ...whole, ca: null })).toBe("broken");
  server.close();
  await once(server, "close");
});
