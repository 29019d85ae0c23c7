import { hotkeyOf } from "@neurond/primitives";
import { ManualClock } from "@neurond/testing";
import { describe, expect, test } from "vitest";
import { openDoor } from "./door.ts";
import { alice, charlie, MINER, SENDER, subnetOf } from "./harness.ts";

const CHARLIE = hotkeyOf(charlie.publicKey);
const target = "/sync/inference";

describe("who may call", () => {
  const only = { allowed_senders: [] };

  test("is who has a permit and enough stake on the subnet, beside those named", async () => {
    const subnet = subnetOf({ "//Alice": 5000n, "//Charlie": 10n });
    const policy = { netuid: 11, minStake: "1000" };
    await using at = await openDoor({ auth: only, policy }, { readSubnet: async () => subnet });
    await at.knows(11);
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
    await using at = await openDoor(raw, { readSubnet, now: clock.now });
    await at.knows(11);
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
    await using at = await openDoor(raw, { readSubnet });
    await at.knows(11);
    const next = { ...raw, policy: { netuid: 11, maxAgeSec: 300 } };
    expect(at.reload(next).kind).toBe("taken");
    expect(await at.call({ target })).toMatchObject({ status: 200 });
    read.resolve(subnetOf({ "//Charlie": 1n }));
    await expect.poll(async () => (await at.call({ target })).status).toBe(403);
  });

  test("is not who was denied, whatever else holds", async () => {
    await using at = await openDoor({ auth: { denied_senders: [SENDER] } });
    expect(await at.call({ target })).toMatchObject({
      status: 403,
      json: { code: "SENDER_NOT_ALLOWED" },
    });
  });

  test("is everybody with a key where that is meant", async () => {
    await using at = await openDoor({ auth: { ...only, open: true } });
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
    await using at = await openDoor(raw, { readSubnet });
    await at.knows(11);
    await at.knows(12);
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
