import { toBlockNumber, toNetuid, toRao } from "@neurond/primitives";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Chain, CommitmentField, CommitmentSeen } from "../src/index.ts";
import { coldkey, hotkey, key, NETUID, startWorld, sudo, type World } from "./support/devnet.ts";
import { request } from "./support/state.ts";

let world: World;
let chain: Chain;

// One chain for all: each test has keys of its own.
beforeAll(async () => {
  world = await startWorld();
  ({ chain } = world);
});
afterAll(() => world[Symbol.asyncDispose]());

const text = (value: string) => new TextEncoder().encode(value);
const miner = key("//Miner1");
const id = { netuid: NETUID, hotkey: hotkey("//Miner1") };
const axon = { netuid: NETUID, version: 3, ip: "8.8.8.8", port: 8091 };

describe("commitments", () => {
  test.each<readonly [string, readonly CommitmentField[]]>([
    ["short bytes", [{ kind: "raw", bytes: text("hello") }]],
    ["no bytes", [{ kind: "raw", bytes: new Uint8Array() }]],
    ["128 bytes", [{ kind: "raw", bytes: new Uint8Array(128).fill(7) }]],
    ["512 bytes", [{ kind: "raw", bytes: new Uint8Array(512).fill(7) }]],
    [
      "hashes",
      [
        { kind: "sha-256", hash: new Uint8Array(32).fill(1) },
        { kind: "blake2-256", hash: new Uint8Array(32).fill(2) },
        { kind: "keccak-256", hash: new Uint8Array(32).fill(3) },
      ],
    ],
    [
      "a timelock",
      [{ kind: "timelocked", encrypted: new Uint8Array(300).fill(9), round: 99_999_999n }],
    ],
  ])("of %s come back as they were set", async (_, fields) => {
    const sent = await chain.setCommitment(miner, { netuid: NETUID, fields });
    expect(sent).toMatchObject({ kind: "included" });
    expect((await chain.commitment(id))?.fields).toEqual(fields);
    expect(await chain.commitments(NETUID)).toHaveLength(1);
  });

  test("beyond the space of an epoch have to wait for the next one", async () => {
    const fields: CommitmentField[] = [{ kind: "raw", bytes: new Uint8Array(512) }];
    for (let round = 0; round < 6; round++) {
      expect(await chain.setCommitment(key("//Miner4"), { netuid: NETUID, fields })).toMatchObject({
        kind: "included",
      });
    }
    const refused = await chain.setCommitment(key("//Miner4"), { netuid: NETUID, fields });
    if (refused.kind !== "tooSoon") throw new Error(JSON.stringify(refused));
    await world.net.jump(refused.blocks);
    expect(await chain.setCommitment(key("//Miner4"), { netuid: NETUID, fields })).toMatchObject({
      kind: "included",
    });
  });

  test("of four fields, of strangers or on no subnet are refused before anything is sent", async () => {
    const field: CommitmentField = { kind: "raw", bytes: text("x") };
    const one = { netuid: NETUID, fields: [field] };
    const refusals = [
      await chain.setCommitment(miner, { ...one, fields: [field, field, field, field] }),
      await chain.setCommitment(key("//Stranger"), one),
      await chain.setCommitment(miner, { ...one, netuid: toNetuid(99) }),
    ];
    expect(refusals).toMatchObject([
      { error: { code: "SPACE_EXHAUSTED", where: "state" } },
      { error: { code: "NOT_REGISTERED", where: "state" } },
      { error: { code: "SUBNET_MISSING", where: "state" } },
    ]);
  });

  test("are found in the blocks that set them, also inside batches and proxies, but not failed ones", async () => {
    await using world = await startWorld();
    const { chain } = world;
    const commit = (bytes: string, netuid: number = NETUID) => ({
      pallet: "Commitments",
      name: "set_commitment",
      args: { netuid, info: { fields: [{ [`Raw${bytes.length}`]: text(bytes) }] } },
    });
    await chain.setCommitment(miner, {
      netuid: NETUID,
      fields: [{ kind: "raw", bytes: text("direct") }],
    });
    // A batch is not free of fees, unlike the commitment alone.
    world.net.fund(hotkey("//Miner2"), 10n ** 9n);
    await world.net.jump(1);
    const batch = await chain.submitCall(key("//Miner2"), {
      pallet: "Utility",
      name: "force_batch",
      args: { calls: [commit("lost", 1), commit("batch"), commit("again")] },
    });
    expect(batch).toMatchObject({ kind: "rejected", error: { code: "NOT_REGISTERED" } });
    const delegate = key("//Dave");
    world.net.fund(hotkey("//Miner3"), 10n ** 9n);
    await world.net.jump(1);
    await chain.submitCall(key("//Miner3"), {
      pallet: "Proxy",
      name: "add_proxy",
      args: { proxy_type: "Any", delegate: { Id: String(delegate) }, delay: 0 },
    });
    const byProxy = { real: { Id: hotkey("//Miner3") }, force_proxy_type: null };
    const proxy = await chain.submitCall(delegate, {
      pallet: "Proxy",
      name: "proxy",
      args: { ...byProxy, call: commit("proxied") },
    });
    if (proxy.kind !== "included") throw new Error(JSON.stringify(proxy));
    // The scan goes over an upgrade; every block is read with the runtime that made it.
    world.net.upgradeRuntime({ profile: "218", specVersion: 430 });
    await world.net.jump(3);
    await chain.setCommitment(miner, {
      netuid: NETUID,
      fields: [{ kind: "raw", bytes: text("after") }],
    });
    const found: CommitmentSeen[] = [];
    const range = { from: toBlockNumber(1), to: (await chain.head()).number, netuid: NETUID };
    for await (const seen of chain.scanCommitments(range)) found.push(seen);
    const told = found.map(({ hotkey: who, fields }) => [who, fields.map(textOf).join()]);
    expect(found.find(({ block }) => block === proxy.block)).toMatchObject({
      blockHash: proxy.hash,
      extrinsicHash: proxy.extrinsic,
    });
    expect(told).toEqual([
      [hotkey("//Miner1"), "direct"],
      [hotkey("//Miner2"), "batch"],
      [hotkey("//Miner2"), "again"],
      [hotkey("//Miner3"), "proxied"],
      [hotkey("//Miner1"), "after"],
    ]);
  });
});

function textOf(field: CommitmentField): string {
  return field.kind === "raw" ? new TextDecoder().decode(field.bytes) : field.kind;
}

describe("serving", () => {
  test("an axon and its metrics are announced once per window", async () => {
    expect(await chain.serveAxon(miner, axon)).toMatchObject({ kind: "included" });
    const { block, ...stored } = (await chain.axon(id)) ?? { block: 0 };
    expect(stored).toEqual({ version: 3, ip: "8.8.8.8", port: 8091, protocol: 4 });
    expect(await chain.serveAxon(miner, axon)).toEqual({ kind: "tooSoon", blocks: 49 });
    expect(await chain.servePrometheus(miner, axon)).toMatchObject({ kind: "included" });
    expect(await chain.prometheus(id)).toMatchObject({ ip: "8.8.8.8", port: 8091 });
    expect(block).toBeGreaterThan(0);
  });

  test("a TLS key goes with the axon", async () => {
    const tls = { netuid: NETUID, hotkey: hotkey("//Miner2") };
    const certificate = Uint8Array.of(4, ...new Uint8Array(32).fill(8));
    const sent = await chain.serveAxon(key("//Miner2"), {
      ...axon,
      ip: "2001:db8::2",
      certificate,
    });
    expect(sent).toMatchObject({ kind: "included" });
    expect(await chain.certificate(tls)).toEqual({
      algorithm: 4,
      publicKey: new Uint8Array(32).fill(8),
    });
    expect((await chain.axon(tls))?.ip).toBe("2001:db8::2");
  });

  test.each([
    [{ ip: "127.0.0.1" }, "ADDRESS_INVALID"],
    [{ ip: "255.255.255.255" }, "ADDRESS_INVALID"],
    [{ ip: "::1" }, "ADDRESS_INVALID"],
    [{ port: 0 }, "ADDRESS_INVALID"],
    [{ netuid: toNetuid(99) }, "SUBNET_MISSING"],
  ])("%o is refused before anything is sent", async (change, code) => {
    expect(await chain.serveAxon(miner, { ...axon, ...change })).toMatchObject({
      kind: "rejected",
      error: { code, where: "state" },
    });
  });
});

describe("registration and stake", () => {
  const comer = { netuid: NETUID, hotkey: hotkey("//Comer") };

  test("a hotkey is registered once, by its own coldkey", async () => {
    expect(await chain.burnedRegister(key("//Dave"), comer)).toMatchObject({ kind: "included" });
    expect(await chain.registration(comer)).toMatchObject({ kind: "registered", uid: 8 });
    expect(await chain.burnedRegister(key("//Dave"), comer)).toMatchObject({
      error: { code: "ALREADY_REGISTERED", where: "state" },
    });
    expect(
      await chain.burnedRegister(key("//Eve"), { ...comer, netuid: toNetuid(1) }),
    ).toMatchObject({ error: { code: "OWNERSHIP", where: "state" } });
    expect(
      await chain.burnedRegister(key("//Pauper"), { ...comer, hotkey: hotkey("//Other") }),
    ).toMatchObject({
      error: { code: "BALANCE_TOO_LOW", where: "state" },
    });
  });

  test("stake arrives behind the hotkey", async () => {
    const before = await chain.stake({
      netuid: NETUID,
      hotkey: hotkey("//Validator1"),
      coldkey: coldkey("//Eve"),
    });
    const stake = { netuid: NETUID, hotkey: hotkey("//Validator1"), amount: toRao(1_000_000_000n) };
    expect(await chain.addStake(key("//Eve"), stake)).toMatchObject({ kind: "included" });
    const after = await chain.stake({ ...stake, coldkey: coldkey("//Eve") });
    expect(before).toBe(0n);
    expect(after).toBeGreaterThan(900_000_000n);
  });
});

describe("any call", () => {
  const remark = { pallet: "System", name: "remark", args: { remark: text("x") } };
  const badTempo = { pallet: "AdminUtils", name: "sudo_set_tempo", args: { netuid: 99, tempo: 5 } };

  test("a failing call inside sudo is a failure, though the extrinsic succeeds", async () => {
    const sent = await chain.submitCall(key("//Alice"), {
      pallet: "Sudo",
      name: "sudo",
      args: { call: badTempo },
    });
    expect(sent).toMatchObject({
      kind: "rejected",
      error: { code: "SUBNET_MISSING", name: "SubnetDoesNotExist", where: "block" },
    });
  });

  test.each(["batch", "force_batch", "batch_all"])(
    "a failing call inside %s is a failure",
    async (name) => {
      const calls = [remark, { pallet: "Sudo", name: "sudo", args: { call: badTempo } }];
      const sent = await chain.submitCall(key("//Bob"), {
        pallet: "Utility",
        name,
        args: { calls },
      });
      expect(sent).toMatchObject({
        kind: "rejected",
        error: { code: "FORBIDDEN", where: "block" },
      });
    },
  );

  test("the pool's refusal of sudo by another key has a code", async () => {
    const sent = await chain.submitCall(key("//Bob"), {
      pallet: "Sudo",
      name: "sudo",
      args: { call: badTempo },
    });
    expect(sent).toMatchObject({ kind: "rejected", error: { code: "FORBIDDEN", where: "pool" } });
  });

  test("twenty at once from one account all arrive, each with its own nonce", async () => {
    const sent = await Promise.all(
      Array.from({ length: 20 }, () => chain.submitCall(key("//Ferdie"), remark)),
    );
    expect(sent.filter(({ kind }) => kind === "included")).toHaveLength(20);
    expect(new Set(sent.map((one) => one.kind === "included" && one.extrinsic)).size).toBe(20);
    expect((await chain.account(coldkey("//Ferdie"))).nonce).toBe(20);
  });

  test("what waits for a block does not hold up what is sent after it", async () => {
    await using slow = await startWorld({ mode: "manual" });
    const sending = Array.from({ length: 5 }, () => slow.chain.submitCall(key("//Bob"), remark));
    const pool = () => request(slow.net.url, "author_pendingExtrinsics");
    await vi.waitFor(async () => expect(await pool()).toHaveLength(5), { timeout: 5_000 });
    await slow.net.newBlocks(1);
    const blocks = (await Promise.all(sending)).map((one) => one.kind === "included" && one.block);
    expect(blocks).toEqual([1, 1, 1, 1, 1]);
  });

  test("a race that state could not foresee is told by the pool as too soon", async () => {
    // Both are checked against the same state; the chain takes one.
    await sudo(chain, "sudo_set_serving_rate_limit", { netuid: NETUID, serving_rate_limit: 30n });
    const call = {
      pallet: "SubtensorModule",
      name: "serve_axon",
      args: {
        netuid: NETUID,
        version: 1,
        ip: 1n,
        port: 1,
        ip_type: 4,
        protocol: 4,
        placeholder1: 0,
        placeholder2: 0,
      },
    };
    expect(await chain.submitCall(key("//Miner3"), call)).toMatchObject({ kind: "included" });
    expect(await chain.submitCall(key("//Miner3"), call)).toMatchObject({
      kind: "rejected",
      error: { code: "RATE_LIMITED", name: "ServingRateLimitExceeded", where: "pool" },
    });
  });
});
