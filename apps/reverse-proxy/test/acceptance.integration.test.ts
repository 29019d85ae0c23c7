import { once } from "node:events";
import { mkdtemp, rename, writeFile } from "node:fs/promises";
import { Agent, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { loadSettings } from "@neurond/reverse-proxy";
import { hasRedis } from "@neurond/testing";
import { afterEach, describe, expect, test } from "vitest";
import { followReloads } from "../src/follow-reloads.ts";
import {
  logInto,
  MINER,
  openBackend,
  openProxy,
  SENDER,
  send,
  settingsFor,
  signed,
} from "./harness.ts";
import { directoryWith, killProcesses, linesOf, memoryOf, startProcess } from "./proxy-process.ts";
import { openPair, passedTwice, post, TARGET } from "./redis-pair.ts";

// What the door was asked to do, item by item.
afterEach(killProcesses);

const MIB = 1024 ** 2;

/** The answer to a signed request as soon as it begins. */
async function begin(url: string, target: string, headers: Record<string, string>) {
  const sent = request(new URL(target, url), { method: "POST", headers, agent: false }).end();
  const [response]: IncomingMessage[] = await once(sent, "response");
  if (response === undefined) throw new Error("no answer");
  return response;
}

describe("(i) a client in Python's manner", () => {
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

  test("that sends a body with GET, as the orchestrator does, is proven by those bytes", async () => {
    await using backend = await openBackend();
    const { proxy, call: ask } = await openProxy(settingsFor(backend.url));
    await using _ = proxy;
    const wish = { method: "GET", target: "/capacity", body: "{}", dialect: "dippy" } as const;
    expect(await ask(wish)).toMatchObject({ status: 200 });
    // A middlebox dropped the two bytes.
    const headers = signed(wish);
    expect(await send(proxy.url, "GET", "/capacity", headers)).toMatchObject({ status: 200 });
  });
});

test("(ii) the bytes of a backend that compresses arrive as it sent them", async () => {
  const zipped = gzipSync("x".repeat(100_000));
  await using backend = await openBackend((_, response) =>
    response.setHeader("Content-Encoding", "gzip").end(zipped),
  );
  const { proxy } = await openProxy(settingsFor(backend.url));
  await using _ = proxy;
  const answer = await begin(proxy.url, TARGET, signed({ target: TARGET }));
  const bytes = await buffer(answer);
  expect(answer.headers["content-encoding"]).toBe("gzip");
  expect(bytes.equals(zipped)).toBe(true);
  expect(gunzipSync(bytes).length).toBe(100_000);
});

test.skipIf(process.platform !== "linux")(
  "(iii) an upload of 50 MB with a wrong signature reaches no backend and takes no more than 8 MiB",
  async () => {
    await using backend = await openBackend();
    const directory = await directoryWith({
      server: { host: "127.0.0.1", port: 0 },
      auth: { miner_hotkey: MINER, allowed_senders: SENDER },
      services: { inference_server_url: backend.url },
      metrics: { enabled: false },
    });
    const child = startProcess(directory, {}, directory);
    const { when, find } = linesOf(child);
    await when("serving");
    const { url } = find("serving") as { url: string };
    const headers = () => signed({ target: TARGET, body: "another one" });
    const upload = (bytes: number) =>
      send(url, "POST", TARGET, headers(), Buffer.alloc(bytes, "x"));
    // What a first upload loads and allocates is there for all others.
    for (let round = 0; round < 3; round += 1) await upload(5 * MIB);
    const before = await memoryOf(child.pid ?? 0);
    await before.forget();
    expect(await upload(50 * MIB)).toMatchObject({ status: 401, json: { code: "BAD_SIGNATURE" } });
    const { most } = await memoryOf(child.pid ?? 0);
    expect(most - before.now).toBeLessThan(8 * MIB);
    expect(backend.seen).toEqual([]);
  },
);

const middle = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

test("(iv) the first event of a stream comes less than 20 ms later than from the backend", async () => {
  await using backend = await openBackend((_, response) => {
    response.setHeader("content-type", "text/event-stream").write("data: 1\n\n");
  });
  const { proxy } = await openProxy(settingsFor(backend.url));
  await using _ = proxy;
  const firstEventMs = async (url: string) => {
    const headers = signed({ target: TARGET });
    const startedAt = performance.now();
    const answer = await begin(url, TARGET, headers);
    await once(answer, "data");
    answer.destroy();
    return performance.now() - startedAt;
  };
  const [direct, through]: [number[], number[]] = [[], []];
  for (let round = 0; round < 15; round += 1) {
    direct.push(await firstEventMs(backend.url));
    through.push(await firstEventMs(proxy.url));
  }
  expect(middle(through) - middle(direct)).toBeLessThan(20);
});

test("(v) a validator is served while strangers send 1,000 wrong signatures a second", async () => {
  await using backend = await openBackend();
  const auth = { verifyWorkers: 1 };
  const limits = { ipPerMinute: 100, provenIpPerMinute: 6000, backoffAfter: 20 };
  const { proxy, call } = await openProxy(settingsFor(backend.url, { auth, limits }));
  await using _ = proxy;
  const servedMs = async (requests: number) => {
    const times: number[] = [];
    for (let sent = 0; sent < requests; sent += 1) {
      const startedAt = performance.now();
      expect((await call({ target: TARGET, body: "{}" })).status).toBe(200);
      times.push(performance.now() - startedAt);
      await sleep(5);
    }
    return middle(times);
  };
  await servedMs(10);
  const aloneMs = await servedMs(25);
  await using flood = startFlood(proxy.url);
  const floodedMs = await servedMs(40);
  // The flood is made on the same core, and others use the machine: the benchmark looks at the slowest.
  expect(floodedMs).toBeLessThan(Math.max(2 * aloneMs, 100));
  await flood.ended();
  expect(flood.statuses.get(401)).toBeGreaterThan(100);
  expect([...flood.statuses.keys()].filter((status) => ![401, 429].includes(status))).toEqual([]);
  expect(backend.seen).toHaveLength(75);
});

/** Requests that name a permitted key and are not signed by it, from 200 addresses, 1,000 a second. */
function startFlood(url: string) {
  const statuses = new Map<number, number>();
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(url);
  const headers = signed({ target: TARGET, dialect: "v2" });
  let sent = 0;
  const shoot = () => {
    sent += 1;
    const uuid = crypto.randomUUID();
    const localAddress = `127.0.1.${1 + (sent % 200)}`;
    const shot = { hostname, port, path: TARGET, method: "POST", agent, localAddress };
    request({ ...shot, headers: { ...headers, "Epistula-Uuid": uuid } }, (response) => {
      const { statusCode = 0 } = response.resume();
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    })
      .on("error", () => undefined)
      .end();
  };
  const timer = setInterval(() => {
    for (let left = 10; left > 0; left -= 1) shoot();
  }, 10);
  const ended = async () => {
    clearInterval(timer);
    await expect.poll(() => [...statuses.values()].reduce((sum, one) => sum + one, 0)).toBe(sent);
  };
  return {
    statuses,
    ended,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      agent.destroy();
    },
  };
}

test("(vi) SIGHUP under load fails no request", async () => {
  await using backend = await openBackend((_, response) => setTimeout(() => response.end("{}"), 5));
  const directory = await mkdtemp(join(tmpdir(), "neurond-sighup-"));
  const file = join(directory, "config.json");
  let written = 0;
  // A changed upstream is a new one: the old one serves what it has, then closes.
  const change = async () => {
    written += 1;
    const config = {
      server: { host: "127.0.0.1", port: 0, accessLog: false },
      auth: { miner_hotkey: MINER, allowed_senders: SENDER, verifyWorkers: 0 },
      limits: { ipPerMinute: 0, provenIpPerMinute: 0, hotkey: { base: 1_000_000 } },
      upstreams: { inference: { urls: [backend.url], maxConcurrent: 32 + written } },
      metrics: { enabled: false },
    };
    await writeFile(`${file}.new`, JSON.stringify(config));
    await rename(`${file}.new`, file);
  };
  await change();
  const load = () => loadSettings({ path: file, environment: {}, directory });
  const { proxy, call, lines } = await openProxy(load().settings);
  await using _ = proxy;
  const stop = new AbortController();
  const following = followReloads({ proxy, load, file, log: logInto(lines) }, stop.signal);
  const taken = () => lines.filter(({ msg }) => msg === "configuration taken").length;
  const statuses: number[] = [];
  const sender = async () => {
    while (!stop.signal.aborted) statuses.push((await call({ target: TARGET, body: "{}" })).status);
  };
  const senders = Array.from({ length: 8 }, sender);
  for (let reload = 1; reload <= 3; reload += 1) {
    await change();
    process.emit("SIGHUP");
    await expect.poll(taken, { interval: 10 }).toBe(reload);
  }
  stop.abort();
  await Promise.all([...senders, following]);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(statuses.length).toBeGreaterThan(50);
});

test("(vii) a request is let in once, and not on another route either", async () => {
  await using backend = await openBackend();
  const { proxy } = await openProxy(settingsFor(backend.url));
  await using _ = proxy;
  const headers = signed({ target: "/inference", body: "{}" });
  expect(await send(proxy.url, "POST", "/inference", headers, "{}")).toMatchObject({ status: 200 });
  for (const target of ["/inference", "/edit", "/train"]) {
    expect(await send(proxy.url, "POST", target, headers, "{}")).toMatchObject({
      status: 401,
      json: { code: "REPLAY" },
    });
  }
  expect(backend.seen).toHaveLength(1);
});

describe.skipIf(!hasRedis)("(viii) two proxies whose Redis is out (needs redis-server)", () => {
  test("go on by their own memory while it is gone, say so, and come back to it", async () => {
    await using at = await openPair("local");
    const [left, right] = at.proxies;
    const before = signed({ target: TARGET });
    expect(await post(left, before)).toMatchObject({ status: 200 });
    await at.server.kill();
    expect(await post(left, signed({ target: TARGET }))).toMatchObject({ status: 200 });
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
          await post(left, signed({ target: TARGET }));
          return (await send(left.url, "GET", "/status", {})).json;
        },
        { timeout: 10_000, interval: 100 },
      )
      .toMatchObject({ components: { replay: "ready", limits: "ready" } });
    const after = signed({ target: TARGET });
    expect(await post(left, after)).toMatchObject({ status: 200 });
    await expect.poll(async () => (await post(right, after)).status, { timeout: 10_000 }).toBe(401);
  });

  test("let nobody in while it is gone, where that is asked for", async () => {
    await using at = await openPair("refuse");
    const [left] = at.proxies;
    await at.server.kill();
    expect(await post(left, signed({ target: TARGET }))).toMatchObject({
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
    "start without it, answer $status meanwhile, and take to it when it comes",
    async ({ onOutage, status, ready, replay }) => {
      await using at = await openPair(onOutage, false);
      const [left, right] = at.proxies;
      const said = await send(left.url, "GET", "/status", {});
      expect(said.json).toMatchObject({ epistula_ready: ready, components: { replay } });
      expect(await post(left, signed({ target: TARGET }))).toMatchObject({ status });
      await at.server.restart();
      await expect
        .poll(async () => (await passedTwice(left, right, signed({ target: TARGET }))).join(), {
          timeout: 10_000,
        })
        .toBe("200,401");
    },
  );
});

test.each([
  { skewMs: -10_000, code: "STALE" },
  { skewMs: 10_000, code: "FUTURE" },
])("(ix) a clock $skewMs ms off is told our time", async ({ skewMs, code }) => {
  await using backend = await openBackend();
  const { proxy, call: ask } = await openProxy(settingsFor(backend.url));
  await using _ = proxy;
  const answer = await ask({ target: "/inference", now: Date.now() + skewMs });
  expect(answer).toMatchObject({ status: 401, json: { code } });
  expect(Math.abs(Number(answer.headers["x-server-time"]) - Date.now())).toBeLessThan(2_000);
  expect(Date.parse(answer.headers.date ?? "")).toBeGreaterThan(0);
});
