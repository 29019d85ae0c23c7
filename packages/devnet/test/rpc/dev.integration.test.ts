import { once } from "node:events";
import type { Hex } from "@neurond/primitives";
import { fromHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { startDevnet } from "../../src/index.ts";
import { account as accounts } from "../../src/pallets/system/storage.ts";
import { now } from "../../src/pallets/timestamp.ts";
import { decode } from "../../src/scale/decode.ts";
import { Client } from "./client.ts";
import { addressOf, alice, bob, keyOf, remark, sign } from "./signer.ts";

const quiet = { preset: "empty", beacon: false } as const;
const head = (client: Client) =>
  client.call<{ number: string }>("chain_getHeader").then(({ number }) => Number(number));

describe("the controls", () => {
  it("make a block for each change in instant mode", async () => {
    await using net = await startDevnet({ ...quiet, mode: "instant" });
    await using client = await Client.connect(net.url);
    expect(await client.call("dev_setStorage", [["0xabcd", "0x01"]])).toBe(true);
    expect(await head(client)).toBe(1);
    expect(await client.call("state_getStorage", "0xabcd")).toBe("0x01");
    await client.call("dev_setStorage", [["0xABCD", null]]);
    expect(await client.call("state_getStorage", "0xabcd")).toBeNull();
    await client.call("dev_fund", addressOf(bob), "5000000000000000000");
    const info = await client.call<Hex>("state_getStorage", accounts.key(keyOf(bob)));
    expect(decode(accounts.type, fromHex(info)).data.free).toBe(5_001_000_000_000_000_000n);
    await client.call("author_submitExtrinsic", await sign(client, alice, remark("i")));
    expect(await head(client)).toBe(4);
  });

  it("hold production back and let it go on", async () => {
    await using net = await startDevnet({ ...quiet, mode: "instant" });
    await using client = await Client.connect(net.url);
    await client.call("dev_pause");
    await client.call("author_submitExtrinsic", await sign(client, alice, remark("p")));
    expect(await head(client)).toBe(0);
    await client.call("dev_resume");
    expect(await head(client)).toBe(1);
  });

  it("move time and height", async () => {
    await using net = await startDevnet({ ...quiet, mode: "manual", genesisTime: 1_000_000 });
    await using client = await Client.connect(net.url);
    const hash = await client.call("dev_jump", 5);
    expect(await client.call("chain_getBlockHash", 5)).toBe(hash);
    expect(await client.call("dev_setTime", 9_000_000)).toBe(true);
    expect(await client.failure("dev_setTime", 1)).toMatchObject({ code: -32602 });
    await client.call("dev_newBlocks");
    const time = await client.call<Hex>("state_getStorage", now.key());
    expect(decode(now.type, fromHex(time))).toBe(9_000_000n);
  });

  it("drop everybody", async () => {
    await using net = await startDevnet({ ...quiet, mode: "manual" });
    await using one = await Client.connect(net.url);
    await using two = await Client.connect(net.url);
    const closed = Promise.all([once(one.socket, "close"), once(two.socket, "close")]);
    expect(await one.call("dev_dropConnections")).toBe(true);
    await closed;
    await using three = await Client.connect(net.url);
    expect(await three.call("system_chain")).toBe("Bittensor");
  });

  it("delay answers, but not those that end the delay", async () => {
    await using net = await startDevnet({ ...quiet, mode: "manual" });
    await using client = await Client.connect(net.url);
    await client.call("dev_delayAnswers", 60_000);
    const hung = client.call("system_chain");
    const early = await Promise.race([hung, client.call("dev_delayAnswers", 0)]);
    expect(early).toBe(true);
    expect(await client.call("system_name")).toBe("neurond devnet");
    hung.catch(() => {});
  });

  it("silence subscriptions without ending them", async () => {
    await using net = await startDevnet({ ...quiet, mode: "manual" });
    await using client = await Client.connect(net.url);
    const id = await client.call<string>("chain_subscribeNewHeads");
    await client.hears(id, 1);
    await client.call("dev_muteSubscriptions", true);
    await client.call("dev_newBlocks", 2);
    await client.call("dev_muteSubscriptions", false);
    await client.call("dev_newBlocks", 1);
    await client.hears(id, 2);
    expect(client.heard(id)).toMatchObject([{ number: "0x0" }, { number: "0x3" }]);
  });

  it("replace no final block", async () => {
    await using net = await startDevnet({ ...quiet, mode: "manual" });
    await using client = await Client.connect(net.url);
    await client.call("dev_newBlocks", 2);
    expect(await client.failure("dev_reorg", 1)).toMatchObject({
      code: -32602,
      data: expect.stringContaining("finality lag"),
    });
  });

  it("work alike from within the process", async () => {
    await using net = await startDevnet({ ...quiet, mode: "manual", finalityLag: 9 });
    await using client = await Client.connect(net.url);
    net.fund(addressOf(bob), 7n);
    const hash = await net.jump(3);
    expect(await client.call("chain_getHead")).toBe(hash);
    expect(net.reorg(1)).not.toBe(hash);
    expect(await head(client)).toBe(4);
    expect(() => net.setTime(1)).toThrow(expect.objectContaining({ code: "TIME_PAST" }));
    expect(() => net.reorg(10)).toThrow(expect.objectContaining({ code: "REORG_TOO_DEEP" }));
  });
});

describe("interval mode", () => {
  it("makes blocks on its own, at the computer's time", async () => {
    await using net = await startDevnet({ ...quiet, blockTimeMs: 30 });
    await using client = await Client.connect(net.url);
    const id = await client.call<string>("chain_subscribeNewHeads");
    await client.hears(id, 4);
    const time = await client.call<Hex>("state_getStorage", now.key());
    const age = Date.now() - Number(decode(now.type, fromHex(time)));
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(5_000);
  });

  it("lets the usual time pass between blocks that are made at once", async () => {
    await using net = await startDevnet({ ...quiet, blockTimeMs: 12_000 });
    await using client = await Client.connect(net.url);
    await net.newBlocks(100);
    const time = await client.call<Hex>("state_getStorage", now.key());
    expect(Number(decode(now.type, fromHex(time))) - Date.now()).toBeGreaterThan(98 * 12_000);
  });
});

describe("pruning", () => {
  it("discards old states in the words that clients know, and keeps headers", async () => {
    await using net = await startDevnet({ ...quiet, mode: "manual", pruning: 10 });
    await using client = await Client.connect(net.url);
    await net.newBlocks(20);
    const old = await client.call<Hex>("chain_getBlockHash", 9);
    expect(await client.failure("state_getStorage", now.key(), old)).toEqual({
      code: 4003,
      message: `Client error: UnknownBlock: State already discarded for ${old}`,
    });
    expect(await client.call("chain_getHeader", old)).toMatchObject({ number: "0x9" });
    expect(await client.call("state_getRuntimeVersion", old)).toMatchObject({ specVersion: 424 });
    const kept = await client.call<Hex>("chain_getBlockHash", 10);
    expect(await client.call("state_getStorage", now.key(), kept)).toMatch(/^0x/);
  });
});

describe("starting", () => {
  it("says that a port is taken", async () => {
    await using net = await startDevnet({ ...quiet, mode: "manual" });
    await expect(startDevnet({ ...quiet, port: net.port })).rejects.toMatchObject({
      code: "PORT_IN_USE",
      message: expect.stringContaining(`${net.port}`),
    });
  });

  it.each([{ blockTimeMs: 0 }, { finalityLag: -1 }, { pruning: 0 }, { port: 70_000 }])(
    "refuses %o",
    async (options) => {
      await expect(startDevnet({ ...quiet, ...options })).rejects.toMatchObject({
        code: "OPTION_INVALID",
      });
    },
  );

  it("twice from one seed gives one chain", async () => {
    const hashes = await Promise.all(
      [1, 2].map(async () => {
        await using net = await startDevnet({ mode: "manual", preset: "subnet", seed: "same" });
        return await net.newBlocks(25);
      }),
    );
    expect(hashes[0]).toBe(hashes[1]);
    await using other = await startDevnet({ mode: "manual", preset: "subnet", seed: "other" });
    expect(await other.newBlocks(25)).not.toBe(hashes[0]);
  });
});
