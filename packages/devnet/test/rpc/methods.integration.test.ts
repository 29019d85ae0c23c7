import { fromHex, type Hex, toHex } from "@neurond/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Devnet, startDevnet } from "../../src/index.ts";
import { hashOf } from "../../src/node/bytes.ts";
import { account as accounts, number as blockNumber } from "../../src/pallets/system/storage.ts";
import { u32 } from "../../src/scale/primitives.ts";
import { Client } from "./client.ts";
import { addressOf, alice, bob, keyOf, remark, sign, transfer } from "./signer.ts";

let net: Devnet;
let client: Client;
let genesis: Hex;

beforeAll(async () => {
  net = await startDevnet({ mode: "manual", preset: "subnet", beacon: false });
  client = await Client.connect(net.url);
  genesis = await client.call("chain_getBlockHash", 0);
  await net.newBlocks(3);
});
afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await net.close();
});

interface HeaderJson {
  readonly number: string;
  readonly parentHash: Hex;
  readonly digest: { readonly logs: readonly Hex[] };
}
const NUMBER = blockNumber.key();
const UNKNOWN: Hex = `0x${"77".repeat(32)}`;

describe("rpc_methods", () => {
  it("lists what is served, aliases included, so that clients which look there find it", async () => {
    const { methods } = await client.call<{ methods: string[] }>("rpc_methods");
    for (const name of [
      "account_nextIndex",
      "author_submitAndWatchExtrinsic",
      "author_unwatchExtrinsic",
      "chain_getHead",
      "chain_getFinalisedHead",
      "chain_subscribeNewHead",
      "state_getStorageAt",
      "state_subscribeRuntimeVersion",
      "chain_unsubscribeAllHeads",
      "payment_queryInfo",
      "system_dryRun",
    ]) {
      expect(methods).toContain(name);
    }
    expect(methods.filter((name) => name.startsWith("chainHead"))).toEqual([]);
  });
});

describe("system", () => {
  it("says who it is", async () => {
    expect(await client.call("system_chain")).toBe("Bittensor");
    expect(await client.call("system_chainType")).toBe("Local");
    expect(await client.call("system_properties")).toEqual({
      ss58Format: 42,
      tokenDecimals: 9,
      tokenSymbol: "TAO",
    });
    expect(await client.call("system_health")).toEqual({
      peers: 0,
      isSyncing: false,
      shouldHavePeers: false,
    });
    expect(await client.call("system_nodeRoles")).toEqual(["Full"]);
    expect(await client.call("system_peers")).toEqual([]);
    expect(await client.call("system_syncState")).toMatchObject({ startingBlock: 0 });
    expect(await client.call("system_name", null)).toBeTypeOf("string");
    expect(await client.call("system_version")).toBeTypeOf("string");
    expect(await client.call("system_localPeerId")).toBeTypeOf("string");
  });

  it("counts the pool into the next nonce", async () => {
    const before = await client.call<number>("system_accountNextIndex", addressOf(bob));
    await client.call("author_submitExtrinsic", await sign(client, bob, remark("n")));
    expect(await client.call("account_nextIndex", addressOf(bob))).toBe(before + 1);
    await net.newBlocks(1);
    expect(await client.failure("account_nextIndex", "5abc")).toMatchObject({ code: -32602 });
  });

  it("tries an extrinsic without keeping anything of it", async () => {
    const good = await sign(client, alice, transfer(bob, 5n));
    expect(await client.call("system_dryRun", good)).toBe("0x0000");
    const tooMuch = await sign(client, alice, transfer(bob, 10n ** 18n));
    expect(await client.call("system_dryRun", tooMuch)).toMatch(/^0x0001/);
    const old = await sign(client, alice, remark("x"), { specVersion: 1 });
    expect(await client.call("system_dryRun", old)).toBe("0x010004");
    expect(await client.call("account_nextIndex", addressOf(alice))).toBe(0);
  });
});

describe("chain", () => {
  it("finds hashes by number, hex number, list or nothing", async () => {
    const best = await client.call("chain_getBlockHash");
    expect(await client.call("chain_getBlockHash", null)).toBe(best);
    expect(await client.call("chain_getHead")).toBe(best);
    expect(await client.call("chain_getHead", null)).toBe(best);
    expect(await client.call("chain_getFinalizedHead", null)).toBe(best);
    expect(await client.call("chain_getBlockHash", "0x0")).toBe(genesis);
    expect(await client.call("chain_getBlockHash", 4_000_000)).toBeNull();
    expect(await client.call("chain_getBlockHash", [0, "0x0", 999])).toEqual([
      genesis,
      genesis,
      null,
    ]);
    expect(await client.failure("chain_getBlockHash", "nine")).toMatchObject({ code: -32602 });
  });

  it("names a block by the hash of its header", async () => {
    const hash = await client.call<Hex>("chain_getBlockHash", 2);
    const header = await client.call<HeaderJson>("chain_getHeader", hash);
    expect(header.number).toBe("0x2");
    const parent = await client.call<Hex>("chain_getBlockHash", 1);
    expect(header.parentHash).toBe(parent);
    const block = await client.call<{ block: { header: unknown; extrinsics: Hex[] } }>(
      "chain_getBlock",
      hash,
    );
    expect(block).toEqual({
      block: { header, extrinsics: [expect.stringMatching(/^0x28040200/)] },
      justifications: null,
    });
  });

  it("answers null for a block it does not know", async () => {
    expect(await client.call("chain_getHeader", UNKNOWN)).toBeNull();
    expect(await client.call("chain_getBlock", UNKNOWN)).toBeNull();
    expect(await client.call("chain_getFinalizedHead")).toBe(
      await client.call("chain_getFinalisedHead"),
    );
  });
});

describe("state", () => {
  it("serves storage at any block", async () => {
    const two = await client.call<Hex>("chain_getBlockHash", 2);
    expect(await client.call("state_getStorage", NUMBER, two)).toBe("0x02000000");
    expect(await client.call("state_getStorageAt", NUMBER, two)).toBe("0x02000000");
    expect(await client.call("state_getStorage", "0x00", null)).toBeNull();
    expect(await client.call("state_getStorageSize", NUMBER, two)).toBe(4);
    expect(await client.call("state_getStorageHash", NUMBER, two)).toBe(hashOf(u32.codec.enc(2)));
    expect(await client.call("state_getStorageSizeAt", "0x00")).toBeNull();
  });

  it("takes the zero hash, the parent of genesis, for genesis", async () => {
    const zero = `0x${"00".repeat(32)}`;
    expect(await client.call("state_getStorage", NUMBER, zero)).toBeNull();
    expect(await client.call("state_getRuntimeVersion", zero)).toMatchObject({ specVersion: 424 });
  });

  it("does not answer for blocks it does not know", async () => {
    expect(await client.failure("state_getStorage", NUMBER, UNKNOWN)).toMatchObject({
      code: 4003,
      message: expect.stringContaining("UnknownBlock"),
    });
  });

  it("pages keys in byte order, strictly after the start key", async () => {
    const prefix = accounts.key();
    const all = await client.call<Hex[]>("state_getKeys", prefix);
    expect(all.length).toBeGreaterThan(8);
    expect(all).toEqual([...all].sort());
    const first = await client.call<Hex[]>("state_getKeysPaged", prefix, 4, null);
    const next = await client.call<Hex[]>("state_getKeysPagedAt", prefix, 1000, first[3]);
    expect([...first, ...next]).toEqual(all);
    expect(await client.failure("state_getKeysPaged", prefix, 1001)).toMatchObject({ code: 4002 });
    expect(await client.call("state_getKeysPaged", prefix, 10, all.at(-1))).toEqual([]);
  });

  it("answers for several keys at once, in their order, missing ones too", async () => {
    const [one, two] = await client.call<[Hex, Hex]>("chain_getBlockHash", [1, 2]);
    expect(await client.call("state_queryStorageAt", ["0x99", NUMBER], one)).toEqual([
      {
        block: one,
        changes: [
          ["0x99", null],
          [NUMBER, "0x01000000"],
        ],
      },
    ]);
    expect(await client.call("state_queryStorage", [NUMBER, "0x99"], one, two)).toEqual([
      {
        block: one,
        changes: [
          [NUMBER, "0x01000000"],
          ["0x99", null],
        ],
      },
      { block: two, changes: [[NUMBER, "0x02000000"]] },
    ]);
  });

  it("calls the runtime, and says in the usual words that a function is not there", async () => {
    expect(await client.call("state_call", "AccountNonceApi_account_nonce", keyOf(alice))).toBe(
      "0x00000000",
    );
    expect(await client.call("state_call", "Metadata_metadata_versions", "0x")).toBe(
      "0x0c0e0000000f00000010000000",
    );
    expect(await client.call("state_call", "AuraApi_slot_duration", "0x")).toBe(
      "0xe02e000000000000",
    );
    expect(await client.failure("state_call", "Nothing_here", "0x")).toEqual({
      code: 4003,
      message: "Client error: Execution failed: Other: Exported method Nothing_here is not found",
    });
    expect(
      await client.failure("state_call", "AccountNonceApi_account_nonce", "0x00"),
    ).toMatchObject({ code: 4003 });
  });

  it("gives version 14 as the bare metadata, newer ones by call, opaque and optional", async () => {
    const bare = await client.call<Hex>("state_getMetadata");
    expect(bare).toMatch(/^0x6d6574610e/);
    const opaque = await client.call<Hex>("state_call", "Metadata_metadata", "0x");
    expect(opaque.endsWith(bare.slice(2))).toBe(true);
    for (const [asked, magic] of [
      ["0x0e000000", "6d6574610e"],
      ["0x0f000000", "6d6574610f"],
      ["0x10000000", "6d65746110"],
    ] as const) {
      const at = await client.call<Hex>("state_call", "Metadata_metadata_at_version", asked);
      expect(at.slice(0, 4)).toBe("0x01");
      expect(at.slice(12, 22)).toBe(magic);
    }
    expect(await client.call("state_call", "Metadata_metadata_at_version", "0x11000000")).toBe(
      "0x00",
    );
  });

  it("has the version record under both names", async () => {
    const version = await client.call("state_getRuntimeVersion");
    expect(version).toMatchObject({
      specName: "node-subtensor",
      specVersion: 424,
      transactionVersion: 1,
      stateVersion: 1,
      systemVersion: 1,
    });
    expect(version).toHaveProperty("apis", expect.arrayContaining([["0xdf6acb689907609b", 5]]));
    expect(await client.call("chain_getRuntimeVersion", genesis)).toEqual(version);
  });

  it("gives the pool's verdict without the pool", async () => {
    const stale = await sign(client, bob, remark("v"), { nonce: 0 });
    const verdict = (bytes: Hex) =>
      client.call<Hex>(
        "state_call",
        "TaggedTransactionQueue_validate_transaction",
        `0x02${bytes.slice(2)}${genesis.slice(2)}`,
      );
    expect(await verdict(stale)).toBe("0x010003");
    const good = await sign(client, alice, remark("v"));
    expect(await verdict(good)).toMatch(/^0x0001000000000000000004/);
  });
});

describe("payment", () => {
  it("prices an extrinsic whose signature nobody checks", async () => {
    const bytes = await sign(client, alice, transfer(bob, 5n));
    const info = await client.call<{ partialFee: string; class: string }>(
      "payment_queryInfo",
      bytes,
    );
    expect(info).toMatchObject({
      class: "normal",
      weight: { refTime: expect.any(Number), proofSize: expect.any(Number) },
    });
    expect(BigInt(info.partialFee)).toBeGreaterThan(BigInt(fromHex(bytes).length));
    const { inclusionFee } = await client.call<{ inclusionFee: Record<string, Hex> }>(
      "payment_queryFeeDetails",
      bytes,
      null,
    );
    const sum = Object.values(inclusionFee).reduce((total, part) => total + BigInt(part), 0n);
    expect(sum).toBe(BigInt(info.partialFee));
    const length = toHex(u32.codec.enc(fromHex(bytes).length)).slice(2);
    const encoded = await client.call<Hex>(
      "state_call",
      "TransactionPaymentApi_query_info",
      `${bytes}${length}`,
    );
    expect(
      new DataView(fromHex(encoded).buffer).getBigUint64(fromHex(encoded).length - 8, true),
    ).toBe(BigInt(info.partialFee));
  });
});

describe("the subtensor node's own methods", () => {
  it("give the SCALE of a runtime call as a list of bytes", async () => {
    const list = await client.call<number[]>("neuronInfo_getNeuronsLite", 2);
    const hex = await client.call<Hex>(
      "state_call",
      "NeuronInfoRuntimeApi_get_neurons_lite",
      "0x0200",
    );
    expect(toHex(Uint8Array.from(list))).toBe(hex);
    expect(await client.call("subnetInfo_getLockCost")).toBeTypeOf("number");
    expect(await client.failure("neuronInfo_getNeuronsLite", 70_000)).toMatchObject({
      code: -32602,
    });
  });
});

describe("author", () => {
  it("has no methods for keys", async () => {
    for (const name of ["author_hasKey", "author_rotateKeys", "author_insertKey"]) {
      expect(await client.failure(name)).toEqual({ code: -32601, message: "Method not found" });
    }
  });

  it("refuses with the code and text of each kind", async () => {
    const failure = (bytes: Hex) => client.failure("author_submitExtrinsic", bytes);
    const stale = await sign(client, bob, remark("s"), { nonce: 0 });
    const invalid = { code: 1010, message: "Invalid Transaction" };
    expect(await failure(stale)).toEqual({ ...invalid, data: "Transaction is outdated" });
    expect(await failure(stale)).toEqual({
      code: 1012,
      message: "Transaction is temporarily banned",
    });
    const old = await sign(client, alice, remark("o"), { specVersion: 423 });
    expect(await failure(old)).toEqual({ ...invalid, data: "Transaction has a bad signature" });
    const good = await sign(client, alice, remark("g"));
    expect(await client.call("author_submitExtrinsic", good)).toBe(hashOf(fromHex(good)));
    expect(await failure(good)).toMatchObject({
      code: 1013,
      message: "Transaction Already Imported",
    });
    const rival = await sign(client, alice, remark("r"), { nonce: 0 });
    expect(await failure(rival)).toMatchObject({
      code: 1014,
      message: "Priority is too low: (1 vs 1)",
    });
    expect(await failure("0x00")).toMatchObject({ code: 1002 });
    expect(await client.call("author_pendingExtrinsics")).toEqual([good]);
    await net.newBlocks(1);
    expect(await client.call("author_pendingExtrinsics")).toEqual([]);
  });
});
