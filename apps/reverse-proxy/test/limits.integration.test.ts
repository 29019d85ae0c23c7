import { hash } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { describe, expect, test } from "vitest";
import { openDoor } from "./door.ts";
import { charlie, signed, subnetOf } from "./harness.ts";

const target = "/sync/inference";

describe("limits", () => {
  test("of a hotkey grow with its stake, and count proven requests only", async () => {
    const subnet = subnetOf({ "//Alice": 99n, "//Charlie": 0n });
    const limits = { hotkey: { base: 2, perDecade: 1 }, coldkey: { base: 1000, perDecade: 0 } };
    await using at = await openDoor(
      { auth: { allowed_senders: [] }, policy: { netuid: 11 }, limits },
      { readSubnet: async () => subnet },
    );
    await at.knows(11);
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
    await using at = await openDoor(raw, { readSubnet: async () => ({ ...subnet, byHotkey }) });
    await at.knows(11);
    expect(await at.call({ target })).toMatchObject({ status: 200 });
    expect(await at.call({ target, key: charlie })).toMatchObject({ status: 200 });
    expect(await at.call({ target })).toMatchObject({
      status: 429,
      json: { detail: "the coldkey has had its requests for now" },
    });
  });

  test("of everybody together hold for whoever comes last", async () => {
    await using at = await openDoor({ limits: { globalPerMinute: 1 } });
    expect(await at.call({ target })).toMatchObject({ status: 200 });
    expect(await at.call({ target })).toMatchObject({
      status: 429,
      json: { detail: "the whole door has had its requests for now" },
    });
  });

  test("of a route hold for open routes too", async () => {
    const routes = [{ match: "/open", upstream: "inference", auth: "none", perMinute: 1 }];
    await using at = await openDoor({ routes });
    expect(await at.call({ target: "/open", key: null })).toMatchObject({ status: 200 });
    expect(await at.call({ target: "/open", key: null })).toMatchObject({ status: 429 });
  });

  test("of signatures that wait are those of strangers: who has proven a key goes ahead of them", async () => {
    await using at = await openDoor({ auth: { verifyWorkers: 1, maxVerifyQueue: 16 } });
    expect(await at.call({ target })).toMatchObject({ status: 200 });
    const headers = signed({ target });
    const statuses = new Map<number, number>();
    const forge = async (nth: number) => {
      const localAddress = `127.0.2.${1 + (nth % 250)}`;
      const uuid = crypto.randomUUID();
      const status = await statusFrom(at.proxy.url, localAddress, {
        ...headers,
        "Epistula-Uuid": uuid,
      });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    };
    const flood = Promise.all(Array.from({ length: 300 }, (_, index) => forge(index)));
    const wanted = Array.from({ length: 10 }, () => at.call({ target }));
    const served = (await Promise.all(wanted)).map(({ status }) => status);
    await flood;
    expect(new Set(served)).toEqual(new Set([200]));
    expect(at.backend.seen).toHaveLength(11);
    expect(new Set(statuses.keys())).toEqual(new Set([401, 503]));
  });

  test("of an address are wider once a caller has proven its key from there", async () => {
    const limits = { ipPerMinute: 2, provenIpPerMinute: 3 };
    await using at = await openDoor({ limits });
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
    await using at = await openDoor({ limits });
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
    await using at = await openDoor({ limits: { backoffAfter: 1, puzzleBits: 6 } });
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
    await using at = await openDoor({ limits, policy: { dryRun: ["rate-limit", "authorise"] } });
    for (let sent = 0; sent < 3; sent += 1)
      expect(await at.call({ target })).toMatchObject({ status: 200 });
    expect(await at.call({ target, key: charlie })).toMatchObject({ status: 200 });
    const metrics = await at.metrics();
    expect(metrics).toMatch(
      /neuron_proxy_shadow_denials_total\{policy="rate-limit",code="RATE_LIMITED".*\} 2/,
    );
    expect(metrics).toMatch(
      /neuron_proxy_shadow_denials_total\{policy="authorise",code="SENDER_NOT_ALLOWED".*\} 1/,
    );
  });

  test("of a body hold whether its length is told or not, and nothing of it goes on", async () => {
    await using at = await openDoor({ limits: { maxBodyBytes: 10 } });
    expect(await at.call({ target, body: "x".repeat(11) })).toMatchObject({
      status: 413,
      json: { code: "BODY_TOO_LARGE" },
    });
    expect(at.backend.seen).toEqual([]);
  });
});

/** The status of a request from another address of this machine. */
async function statusFrom(url: string, localAddress: string, headers: Record<string, string>) {
  const sent = request(new URL(target, url), {
    method: "POST",
    headers,
    localAddress,
    agent: false,
  });
  const [response]: IncomingMessage[] = await once(sent.end(), "response");
  return response?.resume().statusCode ?? 0;
}
