import { keypairFromUri } from "@neurond/crypto";
import { type BlockNumber, type Hex, hotkeyOf, toBlockNumber } from "@neurond/primitives";
import { testDatabase } from "@neurond/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  Custody,
  type Database,
  FileLives,
  type HeldFile,
  ManifestCopies,
  type ManifestRecord,
  Manifests,
  MinerPresence,
  PostgresObjectIndex,
  RepairQueue,
  ShardCatalog,
  VaultFiles,
} from "../src/index.ts";

const hotkey = (uri: string) => hotkeyOf(keypairFromUri(uri).publicKey);
const VALIDATOR = hotkey("//Validator");
const [ANNA, BERT] = [hotkey("//Anna"), hotkey("//Bert")] as const;
const id = (byte: number): Hex => `0x${byte.toString(16).padStart(2, "0").repeat(32)}`;
const block = (number: number): BlockNumber => toBlockNumber(number);

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const table of [
    "shards",
    "deleted_shards",
    "file_owners",
    "manifests",
    "miner_presence",
    "shard_faults",
    "repairs",
    "manifest_copies",
    "custody",
  ] as const) {
    await database.kysely.deleteFrom(table).execute();
  }
});

const catalog = () => new ShardCatalog(database.kysely);
const addShard = (shard: Hex, miner = ANNA, stored = 10, expires = 1000) =>
  catalog().add({
    ...{ shardId: shard, validator: VALIDATOR, miner, fileId: id(1), root: id(9) },
    ...{ sizeBytes: 100, storedBlock: block(stored), expiresBlock: block(expires), receipt: "{}" },
  });

describe("the life of a file", () => {
  const lives = () => new FileLives(database.kysely, VALIDATOR);

  test("belongs to whoever began it", async () => {
    expect(await lives().claim(id(1), ANNA, block(5))).toBe(ANNA);
    expect(await lives().claim(id(1), BERT, block(6))).toBe(ANNA);
  });

  test("ends for inventories at once, while receipts stay until their time", async () => {
    await lives().claim(id(1), ANNA, block(5));
    await addShard(id(2));
    await addShard(id(3), BERT);
    expect(await lives().remove(id(1), block(50))).toBe(200);
    const owed = await catalog().held({ validator: VALIDATOR, miner: ANNA }, block(50), () => true);
    expect(owed.shards).toEqual([]);
    expect(await lives().ownerOf(id(1))).toBeNull();
    const untold = await lives().untold(10, { upTo: block(50) });
    expect(untold.map(({ shardId }) => shardId).sort()).toEqual([id(2), id(3)]);
    for (const shard of untold) await lives().told(shard, shard.miner === ANNA);
    expect(await lives().untold(10, { upTo: block(50) })).toMatchObject([{ miner: BERT }]);
    expect(await lives().unlogged(10)).toHaveLength(2);
    await lives().logged(await lives().unlogged(10));
    expect(await lives().unlogged(10)).toEqual([]);
    expect(await lives().purge(block(1001))).toEqual({ files: 0, bytes: 0 });
    expect(await lives().untold(10, { upTo: block(50) })).toEqual([]);
  });

  test("does not end for a shard that was stored once more", async () => {
    const orphan = { shardId: id(2), fileId: id(1), miner: ANNA, sizeBytes: 100 };
    await lives().orphaned(orphan, { at: block(20), expires: block(1000) });
    const untold = (upTo: number) => lives().untold(10, { upTo: block(upTo) });
    expect(await untold(19)).toEqual([]);
    expect(await untold(20)).toMatchObject([{ shardId: id(2), miner: ANNA }]);
    await addShard(id(2));
    expect(await untold(20)).toEqual([]);
    expect(await lives().unlogged(10)).toEqual([]);
  });

  test("is over with its time, and what it took is told", async () => {
    await lives().claim(id(1), ANNA, block(5));
    await addShard(id(2));
    const manifest = { fileId: id(1), owner: ANNA, custodian: null, text: "{}", createdMs: 1 };
    await new Manifests(database.kysely).add({ ...manifest, expiresBlock: block(1000) });
    expect(await lives().purge(block(1000))).toEqual({ files: 0, bytes: 0 });
    expect(await lives().purge(block(1001))).toEqual({ files: 1, bytes: 100 });
    expect(await lives().ownerOf(id(1))).toBeNull();
  });

  test("without a manifest it counts as abandoned", async () => {
    await lives().claim(id(1), ANNA, block(5));
    expect(await lives().abandoned(block(5), 10)).toEqual([]);
    expect(await lives().abandoned(block(6), 10)).toEqual([id(1)]);
  });

  test("is prolonged by a later receipt, never shortened by an earlier one", async () => {
    await addShard(id(2));
    expect(await catalog().find(id(2), VALIDATOR)).not.toHaveProperty("renewedBlock");
    await lives().renew(id(2), { at: block(20), expires: block(2000) }, "later");
    await lives().renew(id(2), { at: block(30), expires: block(1500) }, "earlier");
    expect(await catalog().find(id(2), VALIDATOR)).toMatchObject({
      expiresBlock: 2000,
      renewedBlock: 20,
      receipt: "later",
    });
    expect(await lives().remove(id(1), block(50))).toBe(100);
  });
});

describe("the presence of miners", () => {
  const presence = () => new MinerPresence(database.kysely);
  const lost = async (at = 60, badRuns = 3) =>
    (await presence().lostOf(VALIDATOR, [id(1)], { at: block(at), badRuns }))
      .map(({ shardId, reason }) => [shardId, reason])
      .sort();

  test("ends when another hotkey has the uid, for all that was stored before", async () => {
    await addShard(id(2));
    await addShard(id(3), BERT);
    await presence().look(
      [
        { hotkey: ANNA, uid: 0 },
        { hotkey: BERT, uid: 1 },
      ],
      block(20),
    );
    expect(await lost()).toEqual([]);
    const carl = { hotkey: hotkey("//Carl"), uid: 0 };
    expect(await presence().look([carl, { hotkey: BERT, uid: 1 }], block(30))).toBe(1);
    expect(await lost()).toEqual([[id(2), "departed"]]);
    // It registers again, with an empty disk.
    const all = [carl, { hotkey: BERT, uid: 1 }, { hotkey: ANNA, uid: 2 }];
    expect(await presence().look(all, block(40))).toBe(0);
    await addShard(id(4), ANNA, 45);
    expect(await lost()).toEqual([[id(2), "departed"]]);
    // And leaves for the second time.
    expect(await presence().look(all.slice(0, 2), block(50))).toBe(1);
    expect(await lost()).toEqual([
      [id(2), "departed"],
      [id(4), "departed"],
    ]);
    expect(await presence().lookedAt()).toBe(50);
  });

  test("is doubted after some runs without a passed challenge, each counted once", async () => {
    await addShard(id(2));
    await presence().look([{ hotkey: ANNA, uid: 0 }], block(20));
    for (const run of [1, 2, 2, 2]) await presence().judge(run, new Map([[ANNA, false]]));
    expect(await lost()).toEqual([]);
    await presence().judge(3, new Map([[ANNA, false]]));
    expect(await lost()).toEqual([[id(2), "failing"]]);
    await presence().judge(4, new Map([[ANNA, true]]));
    expect(await lost()).toEqual([]);
  });

  test("does not make up for a shard that came back damaged or has expired", async () => {
    await addShard(id(2));
    await addShard(id(3), BERT, 10, 50);
    await presence().damaged(id(2), "other bytes", 1);
    await presence().damaged(id(2), "again", 2);
    expect(await lost()).toEqual([
      [id(2), "damaged"],
      [id(3), "expired"],
    ]);
  });
});

describe("the queue of repairs", () => {
  const queue = () => new RepairQueue(database.kysely);
  const segment = (fileId: Hex, live: number, k = 10) => ({
    ...{ fileId, segment: 0, validator: VALIDATOR, k, n: 24, live, lost: [1, 2] },
  });

  test("gives the most endangered first, and nothing twice", async () => {
    const offered = [segment(id(1), 15), segment(id(2), 11), segment(id(3), 3, 1)];
    expect(await queue().offer(offered, 100)).toBe(3);
    expect(await queue().offer(offered, 100)).toBe(0);
    const order = [];
    for (let next = await queue().take(100, 50); next; next = await queue().take(100, 50)) {
      order.push(next.fileId);
    }
    expect(order).toEqual([id(2), id(3), id(1)]);
    expect(await queue().standing()).toEqual({ waiting: 3, leastSpare: 1 });
  });

  test("gives a repair again when whoever had it died, and later when it failed", async () => {
    await queue().offer([segment(id(1), 15)], 100);
    expect(await queue().take(100, 50)).not.toBeNull();
    expect(await queue().take(149, 50)).toBeNull();
    expect(await queue().take(150, 50)).toMatchObject({ fileId: id(1), lost: [1, 2] });
    await queue().hold({ fileId: id(1), segment: 0 }, 190, 50);
    expect(await queue().take(239, 50)).toBeNull();
    await queue().reclaim(160);
    expect(await queue().take(160, 50)).not.toBeNull();
    await queue().failed({ fileId: id(1), segment: 0 }, "no miners", 500);
    expect(await queue().take(499, 50)).toBeNull();
    expect(await queue().list(5)).toMatchObject([{ failures: 1, detail: "no miners" }]);
    expect(await queue().take(500, 50)).not.toBeNull();
    await queue().done({ fileId: id(1), segment: 0 });
    expect(await queue().standing()).toEqual({ waiting: 0, leastSpare: null });
  });

  test("gives what failed again when its node starts anew, even if it died over it", async () => {
    await queue().offer([segment(id(1), 15)], 100);
    await queue().take(100, 50);
    await queue().failed({ fileId: id(1), segment: 0 }, "no miners", 5_000);
    await queue().reclaim(200);
    expect(await queue().take(200, 9_000)).toMatchObject({ failures: 0 });
    await queue().failed({ fileId: id(1), segment: 0 }, "no miners", 300);
    expect(await queue().take(300, 9_000)).toMatchObject({ failures: 1 });
    await queue().reclaim(400);
    expect(await queue().take(400, 50)).not.toBeNull();
  });

  test("gives what failed again when the segment stands differently, and not before", async () => {
    await queue().offer([segment(id(1), 15)], 100);
    await queue().take(100, 50);
    await queue().failed({ fileId: id(1), segment: 0 }, "no miners", 5_000);
    await queue().offer([segment(id(1), 15)], 200);
    expect(await queue().take(200, 50)).toBeNull();
    await queue().offer([segment(id(1), 16)], 300);
    expect(await queue().take(300, 50)).toMatchObject({ failures: 0, live: 16 });
    // Nobody else gets it meanwhile, however it stands.
    await queue().offer([segment(id(1), 14)], 310);
    expect(await queue().take(310, 50)).toBeNull();
  });
});

describe("copies of manifests", () => {
  const copies = () => new ManifestCopies(database.kysely);
  const copy = (owner: string, text: string, expires = 100): ManifestRecord => ({
    ...{ fileId: id(1), owner, custodian: null, text, createdMs: 1, expiresBlock: block(expires) },
  });

  test("are each owner's own: who names another's file takes nothing from it", async () => {
    expect(await copies().keep(null, copy(BERT, "false"), 100)).toBe(true);
    expect(await copies().keep(null, copy(ANNA, "true"), 100)).toBe(true);
    const texts = (await copies().of(id(1))).map(({ owner, text }) => [owner, text]);
    expect(new Map(texts as [string, string][])).toEqual(
      new Map([
        [ANNA, "true"],
        [BERT, "false"],
      ]),
    );
    expect(await copies().remove(id(1), ANNA)).toBe(true);
    expect(await copies().of(id(1))).toHaveLength(1);
  });

  test("give way only to what was made of them, and never to more than there is room for", async () => {
    const [first, second] = [copy(ANNA, "one"), copy(ANNA, "three")];
    expect(await copies().keep(null, first, 5)).toBe(true);
    expect(await copies().keep(null, second, 5)).toBe(false);
    expect(await copies().keep(second, first, 5)).toBe(false);
    expect(await copies().keep(first, second, 5)).toBe(true);
    expect(await copies().keep(null, copy(BERT, "x"), 5)).toBe(false);
    await copies().purge(block(100));
    expect(await copies().of(id(1))).toMatchObject([{ text: "three" }]);
    await copies().purge(block(101));
    expect(await copies().of(id(1))).toEqual([]);
  });
});

describe("the files that a node repairs for their owners", () => {
  const custody = () => new Custody(database.kysely);
  const limits = { files: 3, bytes: 100, filesOfOwner: 2 };
  const file = (number: number, owner = ANNA, bytes = 10): HeldFile => ({
    ...{ fileId: id(number), owner, validator: VALIDATOR, bytes },
    ...{ expiresBlock: 100 + number, takenMs: 5 },
  });

  test("are no more than it said, in all and of one owner, and those it has stay", async () => {
    expect(await custody().take(file(1), limits)).toBe(true);
    expect(await custody().take(file(2), limits)).toBe(true);
    expect(await custody().take(file(3), limits)).toBe(false);
    expect(await custody().take(file(3, BERT, 81), limits)).toBe(false);
    expect(await custody().take(file(3, BERT), limits)).toBe(true);
    expect(await custody().take(file(4, VALIDATOR), limits)).toBe(false);
    expect(await custody().take({ ...file(1), bytes: 11 }, limits)).toBe(true);
    expect(await custody().get(id(1))).toMatchObject({ bytes: 11 });
    expect(await custody().standing()).toEqual({ files: 3, bytes: 31 });
    expect(await custody().among([id(1), id(9)])).toEqual(new Set([id(1)]));
    expect((await custody().overdue(102, 9)).map(({ fileId }) => fileId)).toEqual([id(1), id(2)]);
    await custody().prolong(id(1), 900);
    expect((await custody().overdue(102, 9)).map(({ fileId }) => fileId)).toEqual([id(2)]);
    expect(await custody().release(id(1))).toBe(true);
    expect(await custody().release(id(1))).toBe(false);
    expect(await custody().take(file(4, VALIDATOR), limits)).toBe(true);
  });

  test("are never too many, however many come at once", async () => {
    const asked = Array.from({ length: 6 }, (_, at) => file(at + 1, hotkey(`//Owner${at}`)));
    const taken = await Promise.all(asked.map((one) => custody().take(one, limits)));
    expect(taken.filter(Boolean)).toHaveLength(3);
  });
});

test("a file ends with the last object that is made of it, and never while one stays for good", async () => {
  const index = new PostgresObjectIndex(database.kysely, { now: () => 1, graceMs: 0 });
  await index.createBucket({ name: "bucket", owner: ANNA, createdMs: 1 }, 10);
  const put = (key: string, blob: Hex, expiresMs?: number) =>
    index[key.startsWith("copy") ? "copyObject" : "putObject"]("bucket", key, {
      ...{ owner: ANNA, size: 1, etag: "e", modifiedMs: 1, headers: {}, checksum: null },
      ...{ parts: [{ blob, size: 1 }], ...(expiresMs !== undefined && { expiresMs }) },
    });
  const files = new VaultFiles(database.kysely);
  await put("a", id(1), 500);
  await put("b", id(2), 700);
  await put("c", id(3));
  const all = [id(1), id(2), id(3), id(4)];
  expect(await files.ends(all)).toEqual(
    new Map([
      [id(1), 500],
      [id(2), 700],
    ]),
  );
  await put("copy", id(1), 900);
  await put("copy2", id(2));
  expect(await files.ends(all)).toEqual(new Map([[id(1), 900]]));
});
