import { describe, expect, test } from "vitest";
import { openDoor } from "./door.ts";
import { alice, charlie, MINER, SENDER } from "./harness.ts";

const open = { key: null, method: "GET" } as const;
const SERVICE = "bittensor-miner-reverse-proxy";

describe("GET /", () => {
  test("says that somebody is at home, in the words tools know", async () => {
    await using at = await openDoor();
    const answer = await at.call({ ...open, target: "/" });
    expect(answer).toMatchObject({ status: 200, json: { status: "healthy", service: SERVICE } });
    expect(answer.json).toEqual({ status: "healthy", service: SERVICE });
    expect(await at.call({ ...open, method: "HEAD", target: "/" })).toMatchObject({
      status: 200,
      text: "",
    });
  });
});

describe("GET /check/{identifier}", () => {
  test("knows each of our hotkeys, to the letter, and nobody else's", async () => {
    await using at = await openDoor({
      auth: { miner_hotkey: [MINER, SENDER], allowed_senders: [SENDER] },
    });
    for (const identifier of [MINER, SENDER]) {
      const answer = await at.call({ ...open, target: `/check/${identifier}` });
      expect(answer.json).toEqual({ status: "ok", identifier });
    }
    for (const stranger of [MINER.toLowerCase(), `${MINER}/`, "", "x"]) {
      const answer = await at.call({ ...open, target: `/check/${stranger}` });
      expect(answer).toMatchObject({ status: 404 });
      expect(answer.json).toEqual({ detail: "Identifier not recognized" });
    }
  });
});

describe("GET /status", () => {
  test("tells what works, part by part, and how to sign", async () => {
    await using at = await openDoor();
    const answer = await at.call({ ...open, target: "/status" });
    expect(answer.headers["epistula-accept-binding"]).toBe("v1");
    expect(answer.json).toEqual({
      status: "running",
      service: SERVICE,
      version: "1.2.3",
      epistula_ready: true,
      auth: ["btauth/1", "epistula/2"],
      components: {
        upstreams: {
          inference: { state: "ready", queueDepth: 0 },
          training: { state: "ready", queueDepth: 0 },
        },
        snapshots: [],
        replay: "ready",
        limits: "ready",
      },
      draining: false,
    });
  });

  test("is not ready for callers while only the subnet could name them and it was not read", async () => {
    await using at = await openDoor({ auth: { allowed_senders: [] }, policy: { netuid: 11 } });
    const answer = await at.call({ ...open, target: "/status" });
    expect(answer.json).toMatchObject({
      epistula_ready: false,
      components: { snapshots: [{ netuid: 11, ageSec: null, fresh: false }] },
    });
  });

  test("says that an upstream is down once its servers fail", async () => {
    const upstreams = {
      inference: { urls: ["http://127.0.0.1:1"], breaker: { consecutiveFailures: 1 } },
    };
    await using at = await openDoor({ upstreams });
    expect(await at.call({ target: "/sync/inference" })).toMatchObject({ status: 502 });
    const answer = await at.call({ ...open, target: "/status" });
    expect(answer.json).toMatchObject({
      components: { upstreams: { inference: { state: "down" }, training: { state: "ready" } } },
    });
    expect((await at.call({ method: "GET", target: "/capacity" })).json).toEqual({
      "base-h100_pcie": false,
      "img-h100_pcie": false,
    });
  });
});

describe("GET /capacity", () => {
  const ask = { method: "GET", target: "/capacity" } as const;

  test("is for signed callers, and an object of yes and no as the orchestrator reads it", async () => {
    await using at = await openDoor();
    expect(await at.call({ ...ask, key: null })).toMatchObject({ status: 401 });
    expect(await at.call({ ...ask, key: charlie })).toMatchObject({ status: 403 });
    expect((await at.call({ ...ask, body: "{}" })).json).toEqual({
      "base-h100_pcie": true,
      "img-h100_pcie": true,
    });
  });

  test("is a document of lists where that is configured, or asked for where both are", async () => {
    const capacity = { inference: ["base"], training: ["H100pcie"] };
    const lists = { inference: ["base"], training: ["H100pcie"] };
    const flags = { base: true, H100pcie: true };
    {
      await using at = await openDoor({ capacity: { ...capacity, format: "lists" } });
      expect((await at.call(ask)).json).toEqual(lists);
    }
    await using at = await openDoor({ capacity: { ...capacity, format: "both" } });
    expect((await at.call(ask)).json).toEqual(flags);
    expect((await at.call({ ...ask, target: "/capacity?format=lists" })).json).toEqual(lists);
    expect((await at.call({ ...ask, headers: { "Accept-Profile": "lists" } })).json).toEqual(lists);
  });

  test("follows what the operator says by hand, and the upstream a capability belongs to", async () => {
    const upstreams = {
      editing: { urls: ["http://127.0.0.1:1"], breaker: { consecutiveFailures: 1 } },
    };
    const routes = [{ match: "/edit", upstream: "editing" }];
    const capacity = {
      upstreams: { editing: ["img-h100_pcie"] },
      flags: { "base-h100_pcie": false, extra: true },
    };
    await using at = await openDoor({ upstreams, routes, capacity });
    expect((await at.call(ask)).json).toEqual({
      "base-h100_pcie": false,
      "img-h100_pcie": true,
      extra: true,
    });
    await at.call({ target: "/edit" });
    expect((await at.call(ask)).json).toMatchObject({ "img-h100_pcie": false });
    at.proxy.overrides.set("img-h100_pcie", true);
    expect((await at.call(ask)).json).toMatchObject({ "img-h100_pcie": true });
    at.proxy.overrides.set("img-h100_pcie", null);
    expect((await at.call(ask)).json).toMatchObject({ "img-h100_pcie": false });
  });
});

describe("POST /capacity", () => {
  const secret = "0123456789abcdef";
  const say = (
    body: object,
    headers: Record<string, string> = { "X-Internal-Secret": secret },
  ) => ({
    key: null,
    target: "/capacity",
    body: JSON.stringify(body),
    headers,
  });

  test("is not there without a secret of the operator", async () => {
    await using at = await openDoor();
    expect(await at.call(say({ inference: ["x"] }))).toMatchObject({
      status: 405,
      headers: { allow: "GET" },
    });
  });

  test("replaces what a group can do, for who knows the secret only", async () => {
    await using at = await openDoor({ auth: { self_debug_key: secret } });
    expect(await at.call(say({ inference: ["x"] }, {}))).toMatchObject({
      status: 401,
      json: { code: "SECRET_MISSING" },
    });
    const wrong = say({ inference: ["x"] }, { "X-Internal-Secret": `${secret}0` });
    expect(await at.call(wrong)).toMatchObject({ status: 403, json: { code: "SECRET_WRONG" } });
    expect(
      (await at.call(say({ inference: { a: true, b: false }, training: ["t"] }))).json,
    ).toEqual({
      a: true,
      b: false,
      t: true,
    });
    expect((await at.call({ method: "GET", target: "/capacity" })).json).toEqual({
      a: true,
      b: false,
      t: true,
    });
    expect(await at.call(say({ inference: "all" }))).toMatchObject({
      status: 400,
      json: { code: "CAPACITY_INVALID" },
    });
    expect(await at.call({ ...say({}), body: "{" })).toMatchObject({ status: 400 });
  });
});

describe("POST /trigger_telemetry", () => {
  const url = "https://telemetry.example/miner";
  const NOW = 1_763_650_000_000;

  test("is not there unless the operator says where to", async () => {
    await using at = await openDoor();
    expect(await at.call({ target: "/trigger_telemetry" })).toMatchObject({ status: 404 });
  });

  test("reports for signed callers, and says what came of it", async () => {
    const posted: unknown[] = [];
    const post = async (to: string, body: object) => posted.push([to, body]) && 204;
    await using at = await openDoor({ telemetry: { url } }, { post, now: () => NOW });
    expect(await at.call({ target: "/trigger_telemetry", key: null })).toMatchObject({
      status: 401,
    });
    const answer = await at.call({
      target: "/trigger_telemetry",
      key: alice,
    });
    expect(answer.json).toMatchObject({ telemetry_destination: url, telemetry_status: 204 });
    expect(posted).toEqual([
      [url, { timestamp_ms: NOW, miner_hotkey: MINER, service: "reverse-proxy" }],
    ]);
  });

  test("answers 502 where nobody takes the report", async () => {
    await using at = await openDoor({ telemetry: { url } });
    expect(await at.call({ target: "/trigger_telemetry" })).toMatchObject({
      status: 502,
      json: { code: "TELEMETRY_UNREACHABLE" },
    });
  });
});
