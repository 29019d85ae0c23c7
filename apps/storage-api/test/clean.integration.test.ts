import { createLogger, createRegistry } from "@neurond/runtime";
import type { Vault } from "@neurond/s3";
import { BlobGarbage, type Database, PostgresObjectIndex } from "@neurond/store";
import { testDatabase } from "@neurond/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type CleanDeps, cleanOnce, discardOrphans } from "../src/clean.ts";
import { Lanes } from "../src/lanes.ts";
import { createMetrics } from "../src/metrics.ts";

const HOUR_MS = 3_600_000;
const rules = { everyMs: 1000, uploadMs: 1000 };
const never = new AbortController().signal;
let database: Database;
let now = 10 * HOUR_MS;
let kept: Set<string>;
let refused: Set<string>;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(() => {
  kept = new Set();
  refused = new Set();
});

/** A vault that holds `kept`, and does not remove what is in `refused`. */
const vault: Pick<Vault, "remove"> = {
  async remove(id) {
    if (refused.has(id)) throw new Error("the disk is away");
    kept.delete(id);
  },
};

function parts(modifiedMs = 0): CleanDeps & { readonly index: PostgresObjectIndex } {
  return {
    index: new PostgresObjectIndex(database.kysely, { now: () => now, graceMs: 0 }),
    garbage: new BlobGarbage(database.kysely),
    vault: vault as Vault,
    async *found() {
      for (const id of kept) yield { id, modifiedMs };
    },
    metrics: createMetrics(createRegistry("test")),
    log: createLogger("test", "fatal"),
    onPass: () => undefined,
    now: () => now,
  };
}

const object = (blob: string) => ({
  owner: "alice",
  size: 1,
  etag: "e",
  modifiedMs: 0,
  headers: {},
  checksum: null,
  parts: [{ blob, size: 1 }],
});

test("bytes that a crash left without a name go, those with one or still on their way stay", async () => {
  const deps = parts();
  await deps.index.createBucket({ name: "bkt", owner: "alice", createdMs: 0 }, 9);
  await deps.index.putObject("bkt", "k", object("named"));
  kept = new Set(["named", "orphan"]);
  expect(await discardOrphans(parts(now - HOUR_MS + 1))).toBe(0);
  expect(await discardOrphans(deps)).toBe(1);
  await cleanOnce(deps, rules, never);
  expect([...kept]).toEqual(["named"]);
  expect(await discardOrphans(deps)).toBe(0);
});

test("what the vault does not remove stays in the queue, and is tried again later", async () => {
  const deps = parts();
  kept = new Set(["stuck", "other"]);
  refused = new Set(["stuck"]);
  await deps.index.discard(["stuck", "other"]);
  await cleanOnce(deps, rules, never);
  expect([...kept]).toEqual(["stuck"]);
  refused.clear();
  await cleanOnce(deps, rules, never);
  expect([...kept]).toEqual(["stuck"]);
  now += 60_001;
  await cleanOnce(deps, rules, never);
  expect([...kept]).toEqual([]);
  expect(await new BlobGarbage(database.kysely).count()).toBe(0);
});

test("uploads that nobody ended are aborted for their age, and their parts go", async () => {
  const deps = parts();
  const upload = { bucket: "bkt", key: "k", owner: "alice", headers: {}, algorithm: null } as const;
  await deps.index.createUpload({
    ...upload,
    uploadId: "old",
    initiatedMs: now - 1001,
    checksumType: "COMPOSITE",
  });
  await deps.index.createUpload({
    ...upload,
    uploadId: "young",
    initiatedMs: now - 999,
    checksumType: "COMPOSITE",
  });
  const part = { size: 1, etag: "e", checksum: null, modifiedMs: 0 };
  for (const id of ["old", "young"]) {
    await deps.index.putPart(id, { ...part, number: 1, blob: `part-${id}` });
  }
  kept = new Set(["part-old", "part-young"]);
  await cleanOnce(deps, rules, never);
  expect([...kept]).toEqual(["part-young"]);
  expect(await deps.index.upload("old")).toBeNull();
});

test("a lane is given back once, and who comes too many is told so", () => {
  const lanes = new Lanes(1);
  const release = lanes.take();
  expect(() => lanes.take()).toThrow("too many");
  release();
  release();
  lanes.take();
  expect(() => lanes.take()).toThrow("too many");
});
