import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Secret } from "@neurond/runtime";
import { ManualClock } from "@neurond/testing";
import { rejectionCode } from "@neurond/testing/coded";
import { describe, expect, test } from "vitest";
import { charlie, openBackend, openProxy, SENDER, settingsFor, subnetOf } from "../harness.ts";
import { openOperated, TOKEN, temporary } from "./operator.ts";

const target = "/sync/inference";

describe("the admin plane", () => {
  test("is not there without a token", async () => {
    await using backend = await openBackend();
    const { proxy } = await openProxy(settingsFor(backend.url));
    await using _ = proxy;
    expect(proxy.adminUrl).toBeNull();
  });

  test("answers nobody without the token, whatever the path", async () => {
    await using directory = await temporary();
    await using at = await openOperated(directory.path);
    for (const path of ["/v1/status", "/metrics", "/openapi.json", "/livez", "/nowhere"]) {
      expect(await at.ask("GET", path, undefined, null)).toMatchObject({
        status: 401,
        json: { code: "ADMIN_TOKEN_MISSING" },
      });
      expect(await at.ask("GET", path, undefined, `${TOKEN}x`)).toMatchObject({
        status: 401,
        json: { code: "ADMIN_TOKEN_WRONG" },
      });
    }
    expect(await at.ask("GET", "/v1/status")).toMatchObject({
      status: 200,
      json: {
        version: "1.2.3",
        state: "running",
        upstreams: [{ name: "training" }, { name: "inference" }],
      },
    });
  });

  test("describes itself", async () => {
    await using directory = await temporary();
    await using at = await openOperated(directory.path);
    const { paths } = (await at.ask("GET", "/openapi.json")).json;
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(["/v1/bans/{key}", "/v1/drain", "/v1/upstreams/{name}/breaker"]),
    );
  });
});

describe("a ban", () => {
  test("holds from the next request on, until it is lifted", async () => {
    await using directory = await temporary();
    await using at = await openOperated(directory.path);
    expect(await at.call({ target })).toMatchObject({ status: 200 });
    const banned = await at.ask("PUT", `/v1/bans/${SENDER}`, { reason: "floods us" });
    expect(banned).toMatchObject({ status: 200, json: { key: SENDER, untilMs: null } });
    expect(await at.call({ target })).toMatchObject({
      status: 403,
      json: { code: "SENDER_NOT_ALLOWED" },
    });
    expect(at.backend.seen).toHaveLength(1);
    expect((await at.ask("GET", "/v1/bans")).json.bans).toMatchObject([{ reason: "floods us" }]);
    expect(await at.ask("DELETE", `/v1/bans/${SENDER}`)).toMatchObject({ status: 204 });
    expect(await at.ask("DELETE", `/v1/bans/${SENDER}`)).toMatchObject({
      status: 404,
      json: { code: "BAN_UNKNOWN" },
    });
    expect(await at.call({ target })).toMatchObject({ status: 200 });
  });

  test("outlives a restart, and ends when it said", async () => {
    await using directory = await temporary();
    const clock = new ManualClock(Date.now());
    const now = () => clock.now();
    {
      await using at = await openOperated(directory.path, {}, { now });
      await at.ask("PUT", `/v1/bans/${SENDER}`, { forSec: 60 });
    }
    await using at = await openOperated(directory.path, {}, { now });
    expect(await at.call({ target })).toMatchObject({ status: 403 });
    clock.advance(60_000);
    expect(await at.call({ target })).toMatchObject({ status: 200 });
    expect((await at.ask("GET", "/v1/bans")).json.bans).toEqual([]);
  });

  test("of a coldkey is one of all its hotkeys, and a policy in dry run does not soften it", async () => {
    await using directory = await temporary();
    const subnet = subnetOf({ "//Alice": 10n });
    const { coldkey = "" } = [...subnet.byHotkey.values()][0] ?? {};
    const raw = { auth: { allowed_senders: [] }, policy: { netuid: 11, dryRun: ["authorise"] } };
    await using at = await openOperated(directory.path, raw, { readSubnet: async () => subnet });
    const stop = new AbortController();
    const run = at.proxy.run(stop.signal);
    while (at.proxy.subnets.current(subnet.netuid) === undefined)
      await new Promise((resolve) => setImmediate(resolve));
    expect(await at.call({ target, key: charlie })).toMatchObject({ status: 200 });
    await at.ask("PUT", `/v1/bans/${coldkey}`, {});
    expect(await at.call({ target })).toMatchObject({ status: 403 });
    stop.abort();
    await run;
  });

  test("is refused for what is no key, and stops the start where its file is damaged", async () => {
    await using directory = await temporary();
    await using at = await openOperated(directory.path);
    expect(await at.ask("PUT", "/v1/bans/5Nobody", {})).toMatchObject({ status: 400 });
    await writeFile(join(directory.path, "bans.json"), "{");
    expect(await rejectionCode(openOperated(directory.path, {}, {}, at.backend))).toBe(
      "BANS_UNREADABLE",
    );
  });
});

describe("the token", () => {
  test("is dead at once when it is rotated, after a restart too, and is not written down", async () => {
    await using directory = await temporary();
    let fresh = "";
    {
      await using at = await openOperated(directory.path);
      fresh = (await at.ask("POST", "/v1/token/rotate")).json.token;
      expect(await at.ask("GET", "/v1/status")).toMatchObject({ status: 401 });
      expect(await at.ask("GET", "/v1/status", undefined, fresh)).toMatchObject({ status: 200 });
    }
    expect(await readFile(join(directory.path, "token.json"), "utf8")).not.toContain(fresh);
    await using at = await openOperated(directory.path);
    expect(await at.ask("GET", "/v1/status")).toMatchObject({ status: 401 });
    expect(await at.ask("GET", "/v1/status", undefined, fresh)).toMatchObject({ status: 200 });
  });

  test("that is newly configured replaces one that was rotated, by reload and by restart", async () => {
    await using directory = await temporary();
    const other = "another-token-of-sixteen";
    await using at = await openOperated(directory.path);
    await at.ask("POST", "/v1/token/rotate");
    const { settings } = at.proxy.running();
    const { config } = settings;
    const admin = { ...config.admin, token: new Secret(other) };
    at.proxy.reload(() => ({ ...settings, config: { ...config, admin } }));
    expect(await at.ask("GET", "/v1/status", undefined, other)).toMatchObject({ status: 200 });
    await using again = await openOperated(directory.path, { admin: { token: other } });
    expect(await again.ask("GET", "/v1/status", undefined, other)).toMatchObject({ status: 200 });
  });
});

describe("what we do", () => {
  test("a drain turns away what is for backends, says so everywhere, and is taken back", async () => {
    await using directory = await temporary();
    await using at = await openOperated(directory.path);
    expect((await at.ask("POST", "/v1/drain")).json).toMatchObject({
      state: "paused",
      capacity: { flags: { "base-h100_pcie": false } },
    });
    expect(await at.call({ target })).toMatchObject({ status: 503, json: { code: "DRAINING" } });
    expect(await at.call({ method: "GET", target: "/capacity" })).toMatchObject({
      json: { "base-h100_pcie": false },
    });
    expect(await at.call({ method: "GET", target: "/status", key: null })).toMatchObject({
      json: { status: "draining" },
    });
    await at.ask("POST", "/v1/undrain");
    expect(await at.call({ target })).toMatchObject({ status: 200 });
  });

  test("a capability is what the operator says, until that is taken back", async () => {
    await using directory = await temporary();
    await using at = await openOperated(directory.path);
    const name = "base-h100_pcie";
    expect((await at.ask("PUT", `/v1/capacity/${name}`, { can: false })).json).toMatchObject({
      flags: { [name]: false },
      overrides: { [name]: false },
    });
    expect((await at.ask("DELETE", `/v1/capacity/${name}`)).json).toMatchObject({
      flags: { [name]: true },
      overrides: {},
    });
  });

  test("a server whose breaker is opened by hand gets nothing until it is closed", async () => {
    await using directory = await temporary();
    await using at = await openOperated(directory.path);
    const wish = { server: at.backend.url, breaker: "open" };
    const path = "/v1/upstreams/inference/breaker";
    expect((await at.ask("POST", path, wish)).json).toMatchObject({
      state: "down",
      servers: [{ breaker: "open" }],
    });
    expect(await at.call({ target })).toMatchObject({ status: 503 });
    await at.ask("POST", path, { ...wish, breaker: "closed" });
    expect(await at.call({ target })).toMatchObject({ status: 200 });
    expect(await at.ask("POST", "/v1/upstreams/none/breaker", wish)).toMatchObject({
      json: { code: "UPSTREAM_UNKNOWN" },
    });
    expect(await at.ask("POST", path, { ...wish, server: "http://other" })).toMatchObject({
      json: { code: "SERVER_UNKNOWN" },
    });
  });

  test("who is turned away most comes first", async () => {
    await using directory = await temporary();
    await using at = await openOperated(directory.path);
    await at.call({ target, key: null });
    await at.call({ target, key: charlie });
    await at.call({ target, key: charlie });
    expect((await at.ask("GET", "/v1/refusals?limit=2")).json.refusals).toMatchObject([
      { caller: "127.0.0.1", code: "SENDER_NOT_ALLOWED", count: 2 },
      { caller: "127.0.0.1", code: "MISSING_AUTHORIZATION", count: 1 },
    ]);
  });

  test("a reload reads the settings anew, or keeps the old ones and says why", async () => {
    await using directory = await temporary();
    await using backend = await openBackend();
    let raw: Parameters<typeof settingsFor>[1] = {};
    const load = () => settingsFor(backend.url, raw);
    await using at = await openOperated(directory.path, {}, { load }, backend);
    raw = { capacity: { inference: ["other"] } };
    expect(await at.ask("POST", "/v1/reload")).toMatchObject({ status: 200 });
    expect((await at.ask("GET", "/v1/capacity")).json.flags).toEqual({ other: true });
    raw = { auth: { miner_hotkey: [] } };
    expect(await at.ask("POST", "/v1/reload")).toMatchObject({
      status: 409,
      json: { code: "RELOAD_REFUSED" },
    });
    expect((await at.ask("GET", "/v1/capacity")).json.flags).toEqual({ other: true });
  });
});

test("callers that prove their keys come onto the list for firewalls, and stay after a restart", async () => {
  await using directory = await temporary();
  const shield = { directory: join(directory.path, "shield") };
  const headers = { "x-forwarded-for": "192.0.2.7" };
  const raw = { shield, server: { trustedHops: ["127.0.0.1"] } };
  {
    await using at = await openOperated(directory.path, raw);
    await at.call({ target, headers });
    await at.call({ target, key: null, headers: { "x-forwarded-for": "192.0.2.8" } });
    expect((await at.ask("GET", "/v1/allowed-addresses")).json.addresses).toMatchObject([
      { address: "192.0.2.7", why: "proven" },
    ]);
    await at.proxy.shield.pass();
  }
  expect(await readFile(join(shield.directory, "allowed.nft"), "utf8")).toContain(
    "add element inet neurond allowed4 { 192.0.2.7 }",
  );
  await using at = await openOperated(directory.path, raw);
  expect((await at.ask("GET", "/v1/allowed-addresses?format=ipset")).text).toContain(
    "add neurond-allowed4-next 192.0.2.7 -exist",
  );
});
