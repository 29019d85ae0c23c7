import { nextEpochBlock, parseHotkey, toBlockNumber, toMecid, toNetuid } from "@neurond/primitives";
import { rejectionCode } from "@neurond/testing/coded";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Chain } from "../src/index.ts";
import { coldkey, hotkey, key, NETUID, startWorld, type World, weight } from "./support/devnet.ts";

let world: World;
let chain: Chain;

beforeAll(async () => {
  world = await startWorld();
  ({ chain } = world);
  await world.net.jump(12);
  // Two of three: what one wants alone is not consensus.
  const row = { netuid: NETUID, weights: [weight(4, 65_535), weight(5, 30_000)] };
  await chain.setWeights(key("//Validator1"), row);
  await chain.setWeights(key("//Validator2"), row);
  await chain.serveAxon(key("//Miner1"), { netuid: NETUID, version: 7, ip: "8.8.4.4", port: 8091 });
  await world.net.jump(30);
});
afterAll(() => world[Symbol.asyncDispose]());

describe("blocks", () => {
  test("a block is the same by height, by hash and as parent of the next", async () => {
    const best = await chain.head();
    const before = await chain.head({ at: toBlockNumber(best.number - 1) });
    expect(before.hash).toBe(best.parentHash);
    expect(await chain.head({ at: best.hash })).toEqual(best);
    expect(await chain.blockHash(best.number)).toBe(best.hash);
    expect(await chain.blockHash(toBlockNumber(best.number + 1))).toBeUndefined();
  });

  test("a height that is not there yet is a coded error for a read", async () => {
    expect(await rejectionCode(chain.subnets({ at: toBlockNumber(9_999_999) }))).toBe(
      "BLOCK_UNKNOWN",
    );
    expect(await rejectionCode(chain.subnets({ at: `0x${"ab".repeat(32)}` }))).toBe(
      "BLOCK_UNKNOWN",
    );
  });

  test("block time is measured from the chain", async () => {
    const { blockTimeMs, chainMs } = await chain.clock();
    expect(blockTimeMs).toBe(12_000);
    expect(chainMs).toBeGreaterThan(Date.UTC(2026, 0, 1));
  });
});

describe("a subnet", () => {
  test("is listed, root first", async () => {
    expect(await chain.subnets()).toEqual([0, 1, 2]);
  });

  test("read at an older block shows what was then", async () => {
    const before = await chain.metagraph({ netuid: NETUID }, { at: toBlockNumber(5) });
    const after = await chain.metagraph({ netuid: NETUID });
    const miner = hotkey("//Miner1");
    expect(before.block).toBe(5);
    expect(before.byHotkey.get(miner)?.axon).toBeUndefined();
    expect(after.byHotkey.get(miner)?.axon).toMatchObject({
      ip: "8.8.4.4",
      port: 8091,
      version: 7,
    });
    expect(after.byHotkey.get(miner)?.incentive).toBeGreaterThan(0);
    expect(after.neurons.map(({ uid }) => uid)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("that does not exist is the same coded error for every read", async () => {
    const netuid = toNetuid(99);
    const id = { netuid, hotkey: hotkey("//Miner1") };
    const reads = [
      chain.metagraph({ netuid }),
      chain.hyperparameters(netuid),
      chain.epochSchedule(netuid),
      chain.mechanismCount(netuid),
      chain.registration(id),
      chain.windows(id),
      chain.weights({ netuid }),
      chain.bonds({ netuid }),
      chain.commitment(id),
      chain.commitments(netuid),
    ];
    const codes = await Promise.all(reads.map(rejectionCode));
    expect(new Set(codes)).toEqual(new Set(["SUBNET_NOT_FOUND"]));
  });

  test("mechanism that does not exist is a coded error", async () => {
    const id = { netuid: NETUID, mecid: toMecid(3) };
    expect(await rejectionCode(chain.metagraph(id))).toBe("MECHANISM_NOT_FOUND");
    expect(await rejectionCode(chain.weights(id))).toBe("MECHANISM_NOT_FOUND");
  });

  test("has its epochs where the schedule says", async () => {
    const schedule = await chain.epochSchedule(NETUID);
    const next = nextEpochBlock(schedule) ?? 0;
    await world.net.jump(next - (await chain.head()).number);
    const after = await chain.epochSchedule(NETUID);
    expect(after.lastEpochBlock).toBe(next);
    expect(after.epochIndex).toBe(schedule.epochIndex + 1);
  });

  test("has hyperparameters in numbers a caller can use", async () => {
    expect(await chain.hyperparameters(NETUID)).toMatchObject({
      tempo: 20,
      weightsRateLimit: 10,
      commitRevealEnabled: false,
      registrationAllowed: true,
      minBurn: 500_000n,
      weightsVersion: 0n,
    });
  });

  test("shows weights and bonds row by row", async () => {
    const [row] = await chain.weights({ netuid: NETUID });
    expect(row?.uid).toBe(1);
    expect(row?.weights).toEqual([weight(4, 65_535), weight(5, 30_000)]);
    const bonds = await chain.bonds({ netuid: NETUID });
    expect(bonds.find(({ uid }) => uid === 1)?.weights.length).toBeGreaterThan(0);
  });
});

describe("a hotkey", () => {
  const id = { netuid: NETUID, hotkey: hotkey("//Validator1") };

  test("that is registered has uid and block; one that is not is a value, not an error", async () => {
    expect(await chain.registration(id)).toMatchObject({ kind: "registered", uid: 1 });
    const stranger = parseHotkey(hotkey("//Stranger"));
    expect(await chain.registration({ netuid: NETUID, hotkey: stranger })).toEqual({
      kind: "unregistered",
      hotkey: stranger,
    });
    expect(await chain.axon({ netuid: NETUID, hotkey: stranger })).toBeUndefined();
    expect(await chain.owner(stranger)).toBeUndefined();
    expect(await chain.hotkeyStake({ netuid: NETUID, hotkey: stranger })).toBe(0n);
    expect((await chain.account(stranger)).free).toBe(0n);
  });

  test("has one owner, whose stake is the hotkey's while nobody else stakes", async () => {
    expect(await chain.owner(id.hotkey)).toBe(coldkey("//Bob"));
    const own = await chain.stake({ ...id, coldkey: coldkey("//Bob") });
    const whole = await chain.hotkeyStake(id);
    expect(own).toBeGreaterThan(3_000_000_000_000n - 10n);
    expect(whole - own).toBeLessThanOrEqual(1n);
    expect(await chain.stake({ ...id, coldkey: coldkey("//Eve") })).toBe(0n);
  });

  test("has windows that open with the blocks", async () => {
    const miner = { netuid: NETUID, hotkey: hotkey("//Miner1") };
    const { axonBlocks } = await chain.windows(miner);
    expect(axonBlocks).toBeGreaterThan(0);
    await world.net.jump(axonBlocks - 1);
    expect((await chain.windows(miner)).axonBlocks).toBe(1);
    await world.net.jump(1);
    expect((await chain.windows(miner)).axonBlocks).toBe(0);
  });
});

test("any storage item can be read by its name", async () => {
  expect(await chain.storage("SubtensorModule", "Tempo", [NETUID])).toBe(20);
  expect(
    await chain.storage("SubtensorModule", "Uids", [NETUID, hotkey("//Nobody")]),
  ).toBeUndefined();
  expect(await rejectionCode(chain.storage("SubtensorModule", "Nothing"))).toBe(
    "RUNTIME_UNSUPPORTED",
  );
  expect(await rejectionCode(chain.storage("SubtensorModule", "Tempo", ["two"]))).toBe(
    "CALL_UNENCODABLE",
  );
});

test("events come with their extrinsic", async () => {
  const events = await chain.events();
  expect(events).toContainEqual(
    expect.objectContaining({ pallet: "System", name: "ExtrinsicSuccess", extrinsic: 0 }),
  );
});
