import { toBlockNumber, toHex } from "@neurond/primitives";
import { testDatabase } from "@neurond/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aliceHotkey, bobHotkey, miner } from "../../ledger/test/samples.ts";
import { type Database, Manifests, ShardCatalog, type ShardRecord } from "../src/index.ts";

let database: Database;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const bytes32 = (value: number) => toHex(new Uint8Array(32).fill(value));
const at = toBlockNumber;

const shard = (id: number, change: Partial<ShardRecord> = {}): ShardRecord => ({
  shardId: bytes32(id),
  validator: aliceHotkey,
  miner: bobHotkey,
  fileId: "file",
  root: bytes32(1),
  sizeBytes: 2 ** 36,
  storedBlock: at(100),
  expiresBlock: at(200),
  receipt: `receipt ${id}`,
  ...change,
});

const none = () => false;

describe("the catalog of shards", () => {
  const holding = { validator: aliceHotkey, miner: bobHotkey };

  test("lists what is owed at a block in the order of the bytes of ids", async () => {
    const catalog = new ShardCatalog(database.kysely);
    // As text or as signed bytes these would come in another order.
    for (const id of [0xff, 0x0a, 0xa0, 0x7f]) expect(await catalog.add(shard(id))).toBe(true);
    await catalog.add(shard(0x01, { storedBlock: at(150) }));
    await catalog.add(shard(0x02, { miner: miner(1) }));
    const ids = async (block: number) =>
      (await catalog.held(holding, at(block), none)).shards.map(({ shardId }) =>
        Number(shardId.slice(0, 4)),
      );
    expect(await ids(99)).toEqual([]);
    expect(await ids(100)).toEqual([0x0a, 0x7f, 0xa0, 0xff]);
    expect(await ids(199)).toEqual([0x01, 0x0a, 0x7f, 0xa0, 0xff]);
    expect(await ids(200)).toEqual([]);
  });

  test("reads the receipts that are wanted, and no others", async () => {
    const catalog = new ShardCatalog(database.kysely);
    const { receipt, ...held } = shard(0x7f);
    const wanted = await catalog.held(holding, at(100), ({ shardId }) => shardId === held.shardId);
    expect(wanted.shards).toContainEqual(held);
    expect([...wanted.receipts]).toEqual([[held.shardId, receipt]]);
    const all = await catalog.held(holding, at(100), () => true);
    expect([...all.receipts.keys()].sort()).toEqual(all.shards.map(({ shardId }) => shardId));
  });

  test("finds the next shard a miner owes from any place on, around the end", async () => {
    const catalog = new ShardCatalog(database.kysely);
    const next = async (from: number, block = 100) =>
      (await catalog.heldFrom(holding, at(block), bytes32(from)))?.shardId.slice(0, 4) ?? null;
    expect([await next(0x0a), await next(0x0b), await next(0xa1)]).toEqual([
      "0x0a",
      "0x7f",
      "0xff",
    ]);
    expect(await catalog.heldFrom(holding, at(100), toHex(new Uint8Array(32).fill(255)))).toEqual(
      shard(0xff),
    );
    expect([await next(0, 99), await next(0, 200)]).toEqual([null, null]);
    const beyond = { validator: aliceHotkey, miner: miner(1) };
    expect((await catalog.heldFrom(beyond, at(100), bytes32(3)))?.shardId).toBe(bytes32(2));
  });

  test("sums what each miner owes exactly, also beyond what a double counts", async () => {
    const catalog = new ShardCatalog(database.kysely);
    const big = { validator: bobHotkey, sizeBytes: 2 ** 53 - 1 };
    for (const id of [1, 2, 3]) await catalog.add(shard(id, big));
    const owed = await catalog.owed(bobHotkey, at(100));
    expect([...owed]).toEqual([[bobHotkey, { bytes: 3n * (2n ** 53n - 1n), shards: 3 }]]);
    const others = await catalog.owed(aliceHotkey, at(100));
    expect(others.get(bobHotkey)).toEqual({ bytes: 4n * 2n ** 36n, shards: 4 });
    expect((await catalog.owed(aliceHotkey, at(200))).size).toBe(0);
  });

  test("keeps the first receipt of a shard", async () => {
    const catalog = new ShardCatalog(database.kysely);
    expect(await catalog.add(shard(0x0a, { receipt: "another" }))).toBe(false);
    expect((await catalog.find(bytes32(0x0a), aliceHotkey))?.receipt).toBe("receipt 10");
    expect(await catalog.find(bytes32(0x0a), bobHotkey)).toBeNull();
  });
});

test("manifests are found by file and owner, and the first of a file stays", async () => {
  const manifests = new Manifests(database.kysely);
  const of = (fileId: string, createdMs: number) => ({
    fileId,
    owner: "alice",
    custodian: null,
    text: `{"id":"${fileId}"}`,
    createdMs,
    expiresBlock: at(9),
  });
  expect(await manifests.add(of("a", 1))).toBe(true);
  expect(await manifests.add(of("b", 2))).toBe(true);
  expect(await manifests.add({ ...of("a", 3), owner: "mallory" })).toBe(false);
  expect(await manifests.get("a")).toEqual(of("a", 1));
  expect(await manifests.get("c")).toBeNull();
  expect((await manifests.ofOwner("alice", 10)).map(({ fileId }) => fileId)).toEqual(["b", "a"]);
});
