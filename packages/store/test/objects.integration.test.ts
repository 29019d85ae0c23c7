import { indexContract } from "@neurond/s3/index-contract";
import { testDatabase } from "@neurond/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  AccessKeys,
  BlobGarbage,
  type Database,
  ObjectGrants,
  PostgresObjectIndex,
} from "../src/index.ts";

let database: Database;
let now = 1_000;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  const { kysely } = database;
  for (const table of [
    "object_parts",
    "objects",
    "upload_parts",
    "uploads",
    "buckets",
    "blobs",
  ] as const) {
    await kysely.deleteFrom(table).execute();
  }
  now = 1_000;
});

const openIndex = (graceMs = 0) =>
  new PostgresObjectIndex(database.kysely, { now: () => now, graceMs });

const object = (blobs: readonly string[]) => ({
  owner: "alice",
  size: blobs.length,
  etag: "e",
  modifiedMs: 1,
  headers: {},
  checksum: null,
  parts: blobs.map((blob) => ({ blob, size: 1 })),
});

describe("the index of objects in Postgres", () => {
  for (const { name, run } of indexContract) {
    test(name, async () => {
      const garbage = async () => {
        const rows = await database.kysely
          .selectFrom("blobs")
          .select("blob")
          .where("refs", "=", 0)
          .execute();
        return rows.map(({ blob }) => blob);
      };
      await run({ index: openIndex(), garbage });
    });
  }

  test("keeps an upload of ten thousand parts, and gives them back in order", async () => {
    const index = openIndex();
    await index.createBucket({ name: "bkt", owner: "alice", createdMs: 0 }, 1);
    const blobs = Array.from({ length: 10_000 }, (_, at) => `blob-${at}`);
    expect(await index.putObject("bkt", "k", object(blobs))).toBe("stored");
    const stored = await index.object("bkt", "k");
    expect(stored?.parts.map(({ blob }) => blob)).toEqual(blobs);
    expect(await index.copyObject("bkt", "copy", object(blobs))).toBe("stored");
    await index.deleteObject("bkt", "k");
    await index.deleteObject("bkt", "copy");
    expect(await new BlobGarbage(database.kysely).count()).toBe(10_000);
  });

  test("lets writers of one key at once leave exactly one object, and all other blobs to go", async () => {
    const index = openIndex();
    await index.createBucket({ name: "bkt", owner: "alice", createdMs: 0 }, 1);
    const blobs = Array.from({ length: 20 }, (_, at) => `b${at}`);
    await Promise.all(blobs.map((blob) => index.putObject("bkt", "k", object([blob]))));
    const [part] = (await index.object("bkt", "k"))?.parts ?? [];
    const garbage = await new BlobGarbage(database.kysely).take(now, 0, 100);
    expect([...garbage, part?.blob].toSorted()).toEqual(blobs.toSorted());
  });
});

describe("the queue of blobs to remove", () => {
  test("gives each blob to one taker, after its grace, until it is removed", async () => {
    const index = openIndex(600);
    const garbage = new BlobGarbage(database.kysely);
    await index.discard(["a", "b", "c"]);
    expect(await garbage.take(1_599, 100, 10)).toEqual([]);
    const both = await Promise.all([garbage.take(1_600, 100, 2), garbage.take(1_600, 100, 2)]);
    expect(both.flat().toSorted()).toEqual(["a", "b", "c"]);
    expect(await garbage.take(1_699, 100, 10)).toEqual([]);
    await garbage.removed("a");
    expect(await garbage.failed("b", 5_000)).toBe(1);
    // Whoever took it died: it is due again after the lease.
    expect(await garbage.take(1_700, 100, 10)).toEqual(["c"]);
    expect(await garbage.take(5_000, 100, 10)).toHaveLength(2);
  });

  test("knows what the index never heard of", async () => {
    await openIndex().discard(["a"]);
    expect(await new BlobGarbage(database.kysely).unknown(["a", "x", "b"])).toEqual(["x", "b"]);
  });
});

test("objects whose time is over are found, and no others", async () => {
  const index = openIndex();
  await index.createBucket({ name: "bkt", owner: "alice", createdMs: 0 }, 1);
  await index.putObject("bkt", "for ever", object([]));
  await index.putObject("bkt", "late", { ...object([]), expiresMs: 5_001 });
  await index.putObject("bkt", "soon", { ...object([]), expiresMs: 5_000 });
  expect((await index.object("bkt", "soon"))?.expiresMs).toBe(5_000);
  expect(await index.expired(5_000, 10)).toEqual([{ bucket: "bkt", key: "soon" }]);
  await index.putObject("bkt", "soon", object([]));
  expect(await index.expired(5_000, 10)).toEqual([]);
});

test("grants hold while an object is overwritten, and end when it is deleted", async () => {
  const index = openIndex();
  const grants = new ObjectGrants(database.kysely);
  await index.createBucket({ name: "bkt", owner: "alice", createdMs: 0 }, 1);
  expect(await grants.grant("bkt", "k", "bob", 1)).toBe(false);
  await index.putObject("bkt", "k", object(["1"]));
  expect(await grants.grant("bkt", "k", "bob", 1)).toBe(true);
  expect(await grants.grant("bkt", "k", "bob", 2)).toBe(true);
  await index.putObject("bkt", "k", object(["2"]));
  expect(await grants.isGranted("bkt", "k", "bob")).toBe(true);
  expect(await grants.isGranted("bkt", "k", "eve")).toBe(false);
  expect(await grants.grantees("bkt", "k")).toEqual(["bob"]);
  const shared = { bucket: "bkt", key: "k", owner: "alice", size: 1 };
  expect(await grants.grantedTo("bob", { key: "k", limit: 5 })).toEqual([shared]);
  expect(await grants.revoke("bkt", "k", "eve")).toBe(false);
  await index.deleteObject("bkt", "k");
  await index.putObject("bkt", "k", object(["3"]));
  expect(await grants.grantedTo("bob", { limit: 5 })).toEqual([]);
});

test("access keys are found, listed and removed", async () => {
  const keys = new AccessKeys(database.kysely);
  const record = {
    owner: "alice",
    boxedSecret: Buffer.from([1, 2]),
    label: "laptop",
    createdMs: 1,
  };
  await keys.add({ accessKeyId: "NK1", ...record });
  await expect(keys.add({ accessKeyId: "NK1", ...record })).rejects.toThrow();
  expect(await keys.find("NK1")).toEqual({ accessKeyId: "NK1", ...record });
  expect(await keys.find("NK2")).toBeNull();
  expect(await keys.list()).toHaveLength(1);
  expect(await keys.remove("NK1")).toBe(true);
  expect(await keys.remove("NK1")).toBe(false);
});
