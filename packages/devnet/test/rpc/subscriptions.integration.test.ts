import type { Hex } from "@neurond/primitives";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Devnet, startDevnet } from "../../src/index.ts";
import { account as accounts, number as blockNumber } from "../../src/pallets/system/storage.ts";
import { Client } from "./client.ts";
import { alice, bob, keyOf, remark, sign, transfer } from "./signer.ts";

let net: Devnet;
let client: Client;

beforeEach(async () => {
  net = await startDevnet({ mode: "manual", preset: "empty", beacon: false, finalityLag: 2 });
  client = await Client.connect(net.url);
});
afterEach(async () => {
  await client[Symbol.asyncDispose]();
  await net.close();
});

const numbers = (heads: readonly unknown[]) =>
  heads.map((head) => Number((head as { number: string }).number));

describe("a subscription", () => {
  it("is answered before its first notification", async () => {
    const id = await client.call<string>("chain_subscribeNewHeads");
    await client.hears(id, 1);
    expect(client.frames[0]).toMatchObject({ result: id });
    expect(client.frames[1]).toMatchObject({
      jsonrpc: "2.0",
      method: "chain_newHead",
      params: { subscription: id, result: { number: "0x0" } },
    });
  });

  it("to heads follows the best or the final chain from where it is", async () => {
    const best = await client.call<string>("chain_subscribeNewHead");
    const all = await client.call<string>("chain_subscribeAllHeads");
    const final = await client.call<string>("chain_subscribeFinalizedHeads");
    await net.newBlocks(4);
    expect(numbers(await client.hears(best, 5))).toEqual([0, 1, 2, 3, 4]);
    expect(numbers(await client.hears(all, 5))).toEqual([0, 1, 2, 3, 4]);
    expect(numbers(await client.hears(final, 3))).toEqual([0, 1, 2]);
  });

  it("to storage tells all keys first and then only what changed", async () => {
    const balance = accounts.key(keyOf(bob));
    const id = await client.call<string>("state_subscribeStorage", [balance, "0xdead"]);
    const number = await client.call<string>("state_subscribeStorage", [blockNumber.key()]);
    await net.newBlocks(1);
    const bytes = await sign(client, alice, transfer(bob, 1_000n));
    await client.call("author_submitExtrinsic", bytes);
    await net.newBlocks(2);
    await client.hears(number, 4);
    const told = client.heard(id) as { block: Hex; changes: [Hex, Hex | null][] }[];
    expect(told).toHaveLength(2);
    expect(told[0]?.changes.map(([key]) => key)).toEqual([balance, "0xdead"]);
    expect(told[1]?.block).toBe(await client.call("chain_getBlockHash", 2));
    expect(told[1]?.changes.map(([key]) => key)).toEqual([balance]);
  });

  it("ends when it is told to, once", async () => {
    const id = await client.call<string>("chain_subscribeNewHeads");
    expect(await client.call("state_unsubscribeStorage", id)).toBe(false);
    expect(await client.call("chain_unsubscribeNewHeads", id)).toBe(true);
    expect(await client.call("chain_unsubscribeNewHead", id)).toBe(false);
    await net.newBlocks(2);
    await client.call("system_chain");
    expect(client.heard(id).length).toBeLessThanOrEqual(1);
  });

  it("to an extrinsic tells its way to the final chain", async () => {
    const bytes = await sign(client, alice, remark("w"), { nonce: 1 });
    const id = await client.call<string>("author_submitAndWatchExtrinsic", bytes);
    const before = await sign(client, alice, remark("v"), { nonce: 0 });
    await client.call("author_submitExtrinsic", before);
    await net.newBlocks(3);
    const one = await client.call("chain_getBlockHash", 1);
    expect(await client.hears(id, 4)).toEqual([
      "future",
      "ready",
      { inBlock: one },
      { finalized: one },
    ]);
    expect(await client.call("author_unwatchExtrinsic", id)).toBe(true);
  });

  it("hears that its extrinsic was retracted and came back", async () => {
    const bytes = await sign(client, alice, remark("r"));
    const id = await client.call<string>("author_submitAndWatchExtrinsic", bytes);
    await net.newBlocks(2);
    const old = await client.call<Hex>("chain_getBlockHash", 1);
    await client.call("dev_reorg", 2);
    const fresh = await client.call<Hex>("chain_getBlockHash", 1);
    expect(await client.hears(id, 6)).toEqual([
      "ready",
      { inBlock: old },
      { retracted: old },
      "ready",
      { inBlock: fresh },
      { finalized: fresh },
    ]);
    expect(fresh).not.toBe(old);
    expect(await client.failure("state_getStorage", blockNumber.key(), old)).toEqual({
      code: 4003,
      message: `Client error: UnknownBlock: State already discarded for ${old}`,
    });
  });

  it("of a refused extrinsic does not begin", async () => {
    const bytes = await sign(client, alice, remark("x"), { specVersion: 1 });
    expect(await client.failure("author_submitAndWatchExtrinsic", bytes)).toMatchObject({
      code: 1010,
    });
  });

  it("to the runtime version hears of an upgrade, after which old metadata stays readable", async () => {
    const id = await client.call<string>("state_subscribeRuntimeVersion");
    await client.call("dev_upgradeRuntime", 425);
    await net.newBlocks(2);
    const versions = await client.hears(id, 2);
    expect(versions).toMatchObject([{ specVersion: 424 }, { specVersion: 425 }]);
    const [zero, one] = await client.call<[Hex, Hex]>("chain_getBlockHash", [0, 1]);
    expect(await client.call("state_getRuntimeVersion", zero)).toMatchObject({ specVersion: 424 });
    expect(await client.call("state_getRuntimeVersion", one)).toMatchObject({ specVersion: 425 });
    const metadata = (at: Hex) => client.call<Hex>("state_getMetadata", at);
    expect(await metadata(zero)).not.toBe(await metadata(one));
  });

  it("dies with its socket", async () => {
    await client.call("chain_subscribeNewHeads");
    client.socket.terminate();
    while (net.socketCount() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await net.newBlocks(2);
    expect(net.socketCount()).toBe(0);
  });
});
