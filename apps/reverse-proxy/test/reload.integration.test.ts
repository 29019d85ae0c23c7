import { mkdtemp, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSettings } from "@neurond/reverse-proxy";
import { describe, expect, test } from "vitest";
import { followReloads } from "../src/follow-reloads.ts";
import { openDoor } from "./door.ts";
import { charlie, logInto, MINER, openProxy, SENDER, send, signed } from "./harness.ts";

const target = "/sync/inference";

describe("a reload", () => {
  test("changes who may call, where to and how, from the next request on", async () => {
    await using at = await openDoor();
    expect(await at.call({ target, key: charlie })).toMatchObject({ status: 403 });
    const routes = [{ match: "/more", upstream: "inference" }];
    expect(at.reload({ auth: { open: true }, routes, capacity: { inference: ["new"] } })).toEqual({
      kind: "taken",
      restart: [],
    });
    expect(await at.call({ target, key: charlie })).toMatchObject({ status: 200 });
    expect(await at.call({ target: "/more" })).toMatchObject({ status: 200 });
    expect((await at.call({ target: "/capacity", method: "GET" })).json).toEqual({ new: true });
  });

  test("forgets no nonce, and keeps an upstream that did not change", async () => {
    await using at = await openDoor();
    const before = at.proxy.upstreams.get("inference");
    const headers = signed({ target });
    expect(await send(at.proxy.url, "POST", target, headers)).toMatchObject({ status: 200 });
    at.reload({ upstreams: { other: { urls: ["http://127.0.0.1:1"] } } });
    expect(at.proxy.upstreams.get("inference")).toBe(before);
    expect(at.proxy.upstreams.get("other")).toBeDefined();
    const copy = await send(at.proxy.url, "POST", target, headers);
    expect(copy).toMatchObject({ status: 401, json: { code: "REPLAY" } });
  });

  test("that cannot work is refused whole, told and counted, and the old settings go on", async () => {
    await using at = await openDoor();
    // Nonces are kept for less than such requests would be good for.
    const refused = at.reload({ auth: { open: true, allowed_delta_ms: 600_000 } });
    expect(refused).toMatchObject({ kind: "refused", error: { code: "REPLAY_RETENTION_SHORT" } });
    expect(await at.call({ target, key: charlie })).toMatchObject({ status: 403 });
    expect(await at.metrics()).toMatch(/neuron_proxy_reload_refused\{.*\} 1/);
    expect(at.reload({})).toMatchObject({ kind: "taken" });
    expect(await at.metrics()).toMatch(/neuron_proxy_reload_refused\{.*\} 0/);
  });

  test("names what takes a restart", async () => {
    await using at = await openDoor();
    const next = {
      server: { port: 9 },
      limits: { inFlightBytes: 2_000_000 },
      auth: { verifyWorkers: 3 },
    };
    expect(at.reload(next)).toEqual({
      kind: "taken",
      restart: ["server (listening)", "auth.verifyWorkers", "limits.inFlightBytes"],
    });
  });

  test("comes by SIGHUP, by a changed file where that is watched, and not by a broken one", async () => {
    const directory = await mkdtemp(join(tmpdir(), "neurond-reload-"));
    const file = join(directory, "config.json");
    const write = async (inference: readonly string[], more: object = {}) => {
      const auth = { miner_hotkey: MINER, allowed_senders: SENDER, verifyWorkers: 0, ...more };
      const text = JSON.stringify({
        server: { host: "127.0.0.1", port: 0, reload: true },
        auth,
        capacity: { inference },
        metrics: { enabled: false },
      });
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    };
    await write(["one"]);
    const load = () => loadSettings({ path: file, environment: {}, directory });
    const { proxy, call, lines } = await openProxy(load().settings);
    await using _ = proxy;
    const stop = new AbortController();
    const following = followReloads({ proxy, load, file, log: logInto(lines) }, stop.signal);
    const capacity = async () => (await call({ target: "/capacity", method: "GET" })).json;
    const becomes = (wanted: object) => expect.poll(capacity, { timeout: 5_000 }).toEqual(wanted);
    await write(["two"]);
    await becomes({ two: true });
    await write(["three"], { open: "perhaps" });
    await expect
      .poll(() => lines.some(({ msg }) => String(msg).startsWith("reload refused")))
      .toBe(true);
    expect(await capacity()).toEqual({ two: true });
    await writeFile(file, (await readFile(file, "utf8")).replace('"perhaps"', "false"));
    process.emit("SIGHUP");
    await becomes({ three: true });
    stop.abort();
    await following;
  });
});

describe("a drain", () => {
  test("says so, finishes what is under way and takes nothing new", async () => {
    const release = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    await using at = await openDoor(
      {},
      {
        answer: async (_, response) => {
          begun.resolve();
          await release.promise;
          response.end('{"late":true}');
        },
      },
    );
    const underWay = at.call({ target });
    await begun.promise;
    const drained = at.proxy.drain();
    await expect(at.call({ target })).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    expect(await (await fetch(`${at.proxy.metricsUrl}/readyz`)).json()).toMatchObject({
      problems: { draining: "stopping" },
    });
    release.resolve();
    expect(await underWay).toMatchObject({ status: 200, json: { late: true } });
    await drained;
  });
});

test("before it stops, a proxy can say so for a while to whoever sends requests its way", async () => {
  await using at = await openDoor({ server: { drainNoticeSec: 1 } });
  const drained = at.proxy.drain();
  const status = await at.call({ target: "/status", method: "GET", key: null });
  expect(status.json).toMatchObject({ status: "draining", draining: true });
  const capacity = await at.call({ target: "/capacity", method: "GET" });
  expect(capacity.json).toEqual({ "base-h100_pcie": false, "img-h100_pcie": false });
  await drained;
});

describe("metrics", () => {
  test("are on a listener of their own and never on the public one", async () => {
    await using at = await openDoor();
    await at.call({ target });
    await at.call({ target, key: null });
    const text = await at.metrics();
    for (const name of NAMES) expect(text, name).toContain(`# TYPE neuron_proxy_${name} `);
    expect(text).toMatch(
      /neuron_proxy_requests_total\{route="\/sync\/inference",code="200",auth="epistula\/2".*\} 1/,
    );
    expect(text).toMatch(/neuron_proxy_auth_failures_total\{code="MISSING_AUTHORIZATION".*\} 1/);
    for (const path of ["/metrics", "/livez", "/openapi.json"])
      expect(await at.call({ target: path, method: "GET", key: null })).toMatchObject({
        status: 404,
      });
  });
});

const NAMES =
  "requests_total auth_failures_total verify_seconds queue_depth queue_wait_seconds upstream_seconds breaker_state replay_hits_total metagraph_age_seconds clock_offset_ms inflight_bytes".split(
    " ",
  );
