import { toBlockNumber } from "@neurond/primitives";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { connectChain } from "../src/index.ts";
import { key, NETUID, startWorld, type World, weight } from "./support/devnet.ts";

let world: World;
// The first extrinsic loads polkadot.js, which would upset the timing of the first test.
beforeAll(async () => {
  await using warm = await startWorld();
  await warm.chain.submitCall(key("//Bob"), remark);
});
afterEach(() => world[Symbol.asyncDispose]());

const validator = key("//Validator1");
const row = { netuid: NETUID, weights: [weight(4, 65_535)] };
const remark = { pallet: "System", name: "remark", args: { remark: new Uint8Array([1]) } };
const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 5_000, interval: 10 });

/** Waits until an extrinsic stands in the chain's pool, however long a busy machine takes to sign it. */
async function pooled({ net }: World): Promise<void> {
  const question = { jsonrpc: "2.0", id: 1, method: "author_pendingExtrinsics", params: [] };
  const headers = { connection: "close" };
  const asked = { method: "POST", headers, body: JSON.stringify(question) };
  const pending = async () => {
    const answer = await fetch(net.url.replace("ws:", "http:"), asked);
    return ((await answer.json()) as { result: readonly string[] }).result;
  };
  await vi.waitFor(async () => expect(await pending()).toHaveLength(1), { timeout: 60_000 });
}

const soon = (ms: number, act: () => unknown) => setTimeout(act, ms);

describe("a write", () => {
  test("whose connection drops while it waits is found in the block all the same", async () => {
    world = await startWorld({ mode: "manual" });
    const { chain, net } = world;
    const sending = chain.submitCall(key("//Bob"), remark);
    await pooled(world);
    net.dropConnections();
    await net.newBlocks(2);
    expect(await sending).toMatchObject({ kind: "included" });
    expect(chain.status().connections).toBe(2);
  });

  test("no block takes before the deadline is unconfirmed, with the block since when", async () => {
    world = await startWorld({ mode: "manual" });
    const { chain } = world;
    const sent = await chain.submitCall(key("//Bob"), remark, { timeoutMs: 1_000 });
    expect(sent).toMatchObject({ kind: "unconfirmed", since: 0 });
  });

  test("is looked up once more when its deadline has passed", async () => {
    world = await startWorld({ mode: "manual" });
    const { chain, net } = world;
    const sending = chain.submitCall(key("//Bob"), remark, { timeoutMs: 1_000 });
    soon(1_500, () => void net.newBlocks(1));
    expect(await sending).toMatchObject({ kind: "included" });
  });

  test("ends with its signal, and the next one of the account is not stuck behind it", async () => {
    world = await startWorld({ mode: "manual" });
    const { chain, net } = world;
    const controller = new AbortController();
    const sending = chain.submitCall(key("//Bob"), remark, { signal: controller.signal });
    soon(600, () => controller.abort());
    await expect(sending).rejects.toMatchObject({ name: "AbortError" });
    const next = chain.submitCall(key("//Bob"), remark);
    soon(300, () => void net.newBlocks(1));
    expect(await next).toMatchObject({ kind: "included" });
  });

  test("in a block that is retracted counts only where it is in the end", async () => {
    world = await startWorld({ mode: "manual", finalityLag: 3 });
    const { chain, net } = world;
    await net.newBlocks(5);
    const sending = chain.submitCall(key("//Bob"), remark, { until: "finalized" });
    soon(600, async () => {
      await net.newBlocks(1);
      // Time to be seen in the block that is about to vanish.
      await new Promise((resolve) => setTimeout(resolve, 200));
      net.reorg(1);
      await net.newBlocks(6);
    });
    const sent = await sending;
    if (sent.kind !== "included") throw new Error(JSON.stringify(sent));
    expect(await chain.blockHash(sent.block)).toBe(sent.hash);
    expect((await chain.head({ at: "finalized" })).number).toBeGreaterThanOrEqual(sent.block);
  });

  test("after a runtime upgrade is signed for the new version", async () => {
    world = await startWorld();
    const { chain, net } = world;
    await net.jump(12);
    expect(await chain.setWeights(validator, row)).toMatchObject({ kind: "included" });
    net.upgradeRuntime({ specVersion: 425 });
    await net.jump(12);
    expect(await chain.setWeights(validator, row)).toMatchObject({ kind: "included" });
    const { specVersion } = chain.status();
    expect(specVersion).toBe(425);
  });

  test("on a runtime that loses features while connected takes the way that is left", async () => {
    world = await startWorld();
    const { chain, net } = world;
    await net.jump(12);
    const before = await chain.metagraph({ netuid: NETUID });
    net.upgradeRuntime({ profile: "218", specVersion: 426 });
    await net.jump(2);
    const after = await chain.metagraph({ netuid: NETUID });
    expect(after.neurons.map((neuron) => neuron.hotkey)).toEqual(
      before.neurons.map((neuron) => neuron.hotkey),
    );
    expect(await chain.setWeights(validator, row)).toMatchObject({ kind: "included" });
    // History is still read with the runtime of its time.
    expect(await chain.metagraph({ netuid: NETUID }, { at: toBlockNumber(5) })).toMatchObject({
      block: 5,
    });
  });
});

describe("an endpoint", () => {
  test("whose subscriptions fall silent is left, though it answers", async () => {
    world = await startWorld({ mode: "interval", blockTimeMs: 20 }, { probeMs: 100 });
    const { chain, net } = world;
    net.muteSubscriptions(true);
    await until(() => chain.status().connections > 1);
    expect(chain.status().lastError?.message).toContain("no longer announced");
    net.muteSubscriptions(false);
    expect(await chain.submitCall(key("//Bob"), remark)).toMatchObject({ kind: "included" });
  });

  test("that answers too late is left, and calls go on when it is well again", async () => {
    world = await startWorld({}, { probeMs: 50, probeTimeoutMs: 100, openTimeoutMs: 300 });
    const { chain, net } = world;
    net.delayAnswers(2_000);
    await until(() => !chain.status().connected);
    expect(await chain.head({ timeoutMs: 300 }).catch((error) => error.code)).toBe(
      "ENDPOINTS_EXHAUSTED",
    );
    net.delayAnswers(0);
    expect((await chain.head()).number).toBe(0);
  });

  test("whose chain is replaced by one of another genesis is refused", async () => {
    world = await startWorld();
    const { chain, net } = world;
    const { port } = net;
    await net.close();
    const other = await startWorld({ port, seed: "another chain" });
    await until(() => chain.status().lastError?.message.includes("another chain") ?? false);
    await other[Symbol.asyncDispose]();
  });

  test("has no socket of ours when clients are closed, in whatever state they were", async () => {
    world = await startWorld({ mode: "manual" });
    const { chain, net } = world;
    const clients = await Promise.all(
      Array.from({ length: 10 }, () => connectChain({ endpoints: [net.url], stallMs: 0 })),
    );
    expect(net.socketCount()).toBe(11);
    const waiting = clients.map((client) =>
      client.submitCall(key("//Bob"), remark).then(
        (sent) => sent.kind,
        (error) => error.code,
      ),
    );
    await chain.head();
    await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
    for (const outcome of await Promise.all(waiting)) {
      expect(["CHAIN_CLOSED", "unconfirmed"]).toContain(outcome);
    }
    await until(() => net.socketCount() === 1);
  });
});

test("a client that has written and is closed holds no timer", async () => {
  world = await startWorld();
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const { net } = world;
  const chain = await connectChain({ endpoints: [net.url], stallMs: 0 });
  await chain.submitCall(key("//Bob"), remark);
  await chain[Symbol.asyncDispose]();
  // The devnet's side of the socket goes a moment later. Polled without a timer of our own.
  while (timers() > before) await new Promise((resolve) => setImmediate(resolve));
}, 10_000);

test("state that the node has dropped is a coded error", async () => {
  world = await startWorld({ mode: "manual", pruning: 5 });
  await world.net.newBlocks(20);
  const code = await world.chain
    .subnets({ at: toBlockNumber(3) })
    .catch((error: { code: string }) => error.code);
  expect(code).toBe("STATE_DISCARDED");
});

test.each([
  [0, false],
  [5 * 60_000, true],
  [-5 * 60_000, true],
])("a local clock that is %d ms off is reported: %s", async (off, suspect) => {
  world = await startWorld({ blockTimeMs: 250, mode: "interval" }, { now: () => Date.now() + off });
  await world.net.newBlocks(3);
  const clock = await world.chain.clock();
  expect(Math.abs(clock.clockSkewMs - off)).toBeLessThan(10_000);
  expect(clock.suspect).toBe(suspect);
});
