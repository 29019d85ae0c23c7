import { fromHex, toHex, toMecid, toNetuid, toRao } from "@neurond/primitives";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { storageKey } from "../src/codec/storage-entry.ts";
import { readHyperparameters } from "../src/reads/hyperparameters.ts";
import { readMetagraph } from "../src/reads/metagraph.ts";
import { metagraphFromStorage } from "../src/reads/metagraph-storage.ts";
import type { State } from "../src/state.ts";
import { crowdedSubnet } from "./support/crowd.ts";
import { hotkey, key, NETUID, startWorld, sudo, type World, weight } from "./support/devnet.ts";
import { onState } from "./support/state.ts";

const MECHANISM_0 = toMecid(0);
const HALF = "ffffffffffffff7f";

/** Storage of one child with half of its parent's stake. */
function kinship(state: State, parent: string, child: string) {
  const entry = (item: string, of: string, to: string) => {
    const found = state.runtime.storage("SubtensorModule", item);
    if (found === undefined) throw new Error(item);
    const [keyHex, relative] = [storageKey(state.runtime.types, found, [of, NETUID]), key(to)];
    const value = `0x04${HALF}${toHex(relative.publicKey).slice(2)}`;
    return [toHex(keyHex), fromHex(value)] as const;
  };
  return [entry("ChildKeys", hotkey(parent), child), entry("ParentKeys", hotkey(child), parent)];
}

describe("a metagraph by one call and one from storage", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    const { chain, net } = world;
    await net.jump(12);
    await chain.serveAxon(key("//Miner1"), { netuid: NETUID, version: 7, ip: "::2", port: 8091 });
    for (const uri of ["//Validator1", "//Validator2"]) {
      await chain.setWeights(key(uri), { netuid: NETUID, weights: [weight(4, 9), weight(6, 5)] });
    }
    const id = { netuid: toNetuid(0), hotkey: hotkey("//Validator1") };
    await chain.addStake(key("//Bob"), { ...id, amount: toRao(5_000_000_000_007n) });
    await sudo(chain, "sudo_set_max_allowed_uids", { netuid: NETUID, max_allowed_uids: 64 });
    await sudo(chain, "sudo_set_mechanism_count", { netuid: NETUID, mechanism_count: 2 });
    await onState(net.url, async (state) => {
      net.setStorage(kinship(state, "//Validator1", "//Validator3"));
    });
    await net.jump(45);
    await chain.burnedRegister(key("//Dave"), { netuid: NETUID, hotkey: hotkey("//Late") });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test("are the same, inheritance, newcomers and axons included", async () => {
    await onState(world.net.url, async (state) => {
      const byCall = await readMetagraph(state, { netuid: NETUID });
      expect(await metagraphFromStorage(state, NETUID, MECHANISM_0)).toEqual(byCall);
      const [parent, child] = ["//Validator1", "//Validator3"].map((uri) =>
        byCall.byHotkey.get(hotkey(uri)),
      );
      expect(child?.taoStake).toBeGreaterThan(2_000_000_000_000n);
      expect(parent?.taoStake).toBeGreaterThan(2_000_000_000_000n);
      expect(child?.totalStake).toBeGreaterThan(child?.alphaStake ?? 0n);
      expect(byCall.byHotkey.get(hotkey("//Miner1"))?.incentive).toBeGreaterThan(0);
      expect(byCall.neurons).toHaveLength(9);
    });
  });

  test("are the same for root and for another mechanism", async () => {
    await onState(world.net.url, async (state) => {
      for (const [netuid, mecid] of [
        [toNetuid(0), MECHANISM_0],
        [NETUID, toMecid(1)],
      ] as const) {
        const byCall = await readMetagraph(state, { netuid, mecid });
        expect(await metagraphFromStorage(state, netuid, mecid)).toEqual(byCall);
      }
    });
  });
});

describe.each(["218", "181"] as const)(
  "on a runtime like %s, which lacks what came later",
  (profile) => {
    let world: World;
    beforeAll(async () => {
      world = await startWorld({ profile });
      await world.net.jump(12);
    });
    afterAll(() => world[Symbol.asyncDispose]());

    test("the metagraph comes from storage", async () => {
      const { neurons, byHotkey } = await world.chain.metagraph({ netuid: NETUID });
      expect(neurons).toHaveLength(8);
      expect(byHotkey.get(hotkey("//Validator1"))).toMatchObject({ uid: 1, validatorPermit: true });
    });

    test("hyperparameters, schedule and windows are there", async () => {
      const { chain } = world;
      expect(await chain.hyperparameters(NETUID)).toMatchObject({
        tempo: 20,
        weightsRateLimit: 10,
      });
      const { lastEpochBlock, blocksSinceLastStep } = await chain.epochSchedule(NETUID);
      expect(lastEpochBlock + blocksSinceLastStep).toBe((await chain.head()).number);
      expect(await chain.mechanismCount(NETUID)).toBe(1);
      const windows = await chain.windows({ netuid: NETUID, hotkey: hotkey("//Validator1") });
      expect(windows.weightsBlocks).toBe(0);
      expect(
        await chain.certificate({ netuid: NETUID, hotkey: hotkey("//Miner1") }),
      ).toBeUndefined();
    });

    test("weights are set, and committed by hash where the subnet asks for it", async () => {
      const { chain, net } = world;
      const row = { netuid: NETUID, weights: [weight(4, 65_535)] };
      expect(await chain.setWeights(key("//Validator1"), row)).toMatchObject({ kind: "included" });
      await sudo(chain, "sudo_set_commit_reveal_weights_enabled", {
        netuid: NETUID,
        enabled: true,
      });
      await net.jump(12);
      const sent = await chain.submitWeights(key("//Validator1"), {
        netuid: NETUID,
        scores: new Map([[hotkey("//Miner2"), 1n]]),
      });
      expect(sent).toMatchObject({ path: "hash", submission: { kind: "included" } });
      const [pending] = await chain.pendingCommits({
        netuid: NETUID,
        hotkey: hotkey("//Validator1"),
      });
      expect(pending?.kind).toBe("hash");
    });

    test("what it cannot do is refused before anything is sent", async () => {
      const { chain } = world;
      const row = { netuid: NETUID, weights: [weight(4, 65_535)] };
      expect(await chain.commitTimelockedWeights(key("//Validator2"), row)).toMatchObject({
        kind: "rejected",
        error: { code: "UNSUPPORTED", where: "state" },
      });
      const certificate = new Uint8Array(33);
      const axon = { netuid: NETUID, version: 1, ip: "8.8.8.8", port: 1, certificate };
      expect(await chain.serveAxon(key("//Miner1"), axon)).toMatchObject({
        kind: "rejected",
        error: { code: "UNSUPPORTED" },
      });
      expect(
        await chain.setWeights(key("//Validator2"), { ...row, mecid: toMecid(1) }),
      ).toMatchObject({ kind: "rejected", error: { code: "MECHANISM_MISSING" } });
    });
  },
);

test("a subnet of 10,000 neurons is read whole, by call and from storage", async () => {
  const netuid = toNetuid(3);
  await using world = await startWorld({ subnets: [crowdedSubnet(3, 10_000)] });
  const startedAt = performance.now();
  const byCall = await world.chain.metagraph({ netuid });
  const callMs = performance.now() - startedAt;
  expect(byCall.neurons).toHaveLength(10_000);
  expect(byCall.byHotkey.size).toBe(10_000);
  expect(byCall.neurons[9_990]).toMatchObject({ validatorPermit: true });
  expect(callMs).toBeLessThan(10_000);
  await onState(world.net.url, async (state) => {
    expect(await metagraphFromStorage(state, netuid, MECHANISM_0)).toEqual(byCall);
    expect((await readHyperparameters(state, netuid)).tempo).toBe(0);
  });
});
