import { ApiPromise, HttpProvider, Keyring, WsProvider } from "@polkadot/api";
import type { ApiOptions } from "@polkadot/api/types";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Devnet, startDevnet } from "../../src/index.ts";

/** The client's own warnings about extensions it does not know are expected and harmless. */
const quiet = { noInitWarn: true, throwOnConnect: true } as const;

/** The library's own class lacks an optional member's `undefined`, which our strictness asks for. */
const provider = (url: string) =>
  new WsProvider(url) as WsProvider & NonNullable<ApiOptions["provider"]>;

let net: Devnet;
let api: ApiPromise;

beforeAll(async () => {
  net = await startDevnet({ blockTimeMs: 100, preset: "subnet", finalityLag: 2 });
  api = await ApiPromise.create({ provider: provider(net.url), ...quiet });
});
afterAll(async () => {
  await api.disconnect();
  await net.close();
});

const keys = new Keyring({ type: "sr25519" });
const alice = keys.addFromUri("//Alice");
const bob = keys.addFromUri("//Bob");

describe("an unmodified @polkadot/api", () => {
  it("connects and reads", async () => {
    expect(api.runtimeVersion.specVersion.toNumber()).toBe(424);
    expect(api.registry.chainDecimals).toEqual([9]);
    const entries = await api.query["system"]?.["account"]?.entries();
    expect(entries?.length).toBeGreaterThan(8);
    const health = await api.rpc.system.health();
    expect(health.isSyncing.isFalse).toBe(true);
  });

  it("sends a transfer and watches it into a block and to the final chain", async () => {
    const before = await api.derive.balances.account(bob.address);
    const statuses: string[] = [];
    const events = await new Promise<string[]>((resolve, reject) => {
      api.tx["balances"]
        ?.["transferKeepAlive"]?.(bob.address, 12_345n)
        .signAndSend(alice, ({ status, events: list, dispatchError }) => {
          statuses.push(status.type);
          if (dispatchError) reject(new Error(dispatchError.toString()));
          if (status.isFinalized) {
            resolve(list.map(({ event }) => `${event.section}.${event.method}`));
          }
        })
        .catch(reject);
    });
    expect(statuses).toEqual(["Ready", "InBlock", "Finalized"]);
    expect(events).toEqual([
      "balances.Withdraw",
      "balances.Transfer",
      "transactionPayment.TransactionFeePaid",
      "system.ExtrinsicSuccess",
    ]);
    const after = await api.derive.balances.account(bob.address);
    expect(after.freeBalance.sub(before.freeBalance).toNumber()).toBe(12_345);
  });

  it("knows the fee beforehand", async () => {
    const info = await api.tx["system"]?.["remark"]?.("0x010203").paymentInfo(alice);
    expect(info?.partialFee.toNumber()).toBeGreaterThan(100);
  });

  it("reads at a block of the past", async () => {
    const genesis = await api.at(api.genesisHash);
    expect((await genesis.query["system"]?.["number"]?.())?.toString()).toBe("0");
    const block = await api.rpc.chain.getBlock(await api.rpc.chain.getBlockHash(1));
    expect(block.block.extrinsics[0]?.method.toHuman()).toMatchObject({
      section: "timestamp",
      method: "set",
    });
  });

  it("hears of storage and heads", async () => {
    const heads: number[] = [];
    const balances: string[] = [];
    const stopHeads = await api.rpc.chain.subscribeNewHeads((head) => {
      heads.push(head.number.toNumber());
    });
    const stopBalance = await api.query["system"]?.["account"]?.(bob.address, (info: unknown) => {
      balances.push(String(info));
    });
    await api.tx["balances"]?.["transferKeepAlive"]?.(bob.address, 1n).signAndSend(alice, {
      nonce: -1,
    });
    while (balances.length < 2 || heads.length < 3) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    stopHeads();
    (stopBalance as (() => void) | undefined)?.();
    expect(heads).toEqual(heads.map((_, i) => (heads[0] ?? 0) + i));
    expect(new Set(balances).size).toBe(balances.length);
  });

  it("calls the runtime through its types", async () => {
    const metagraph = await api.call["subnetInfoRuntimeApi"]?.["getMetagraph"]?.(2);
    expect(metagraph?.toHuman()).toMatchObject({ netuid: "2", numUids: "8" });
  });

  it("goes on after the rules changed under it", async () => {
    const upgraded = new Promise<number>((resolve) => {
      const stop = api.rpc.state.subscribeRuntimeVersion((version) => {
        if (version.specVersion.toNumber() === 424) return;
        stop.then((end) => end()).catch(() => {});
        resolve(version.specVersion.toNumber());
      });
    });
    net.upgradeRuntime({ specVersion: 430 });
    expect(await upgraded).toBe(430);
    while (api.runtimeVersion.specVersion.toNumber() !== 430) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const hash = await api.tx["system"]?.["remark"]?.("0x01").signAndSend(alice, { nonce: -1 });
    expect(hash?.toHex()).toMatch(/^0x[0-9a-f]{64}$/);
  });

  it("also talks over plain HTTP", async () => {
    const provider = new HttpProvider(net.url.replace("ws:", "http:"));
    expect(await provider.send("system_chain", [])).toBe("Bittensor");
  });
});
