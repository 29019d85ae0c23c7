import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isCoded } from "@neurond/primitives";
import { mayMount, smallDisk } from "@neurond/testing/disk";
import { expect, test } from "vitest";
import { receiveShard } from "../../io/receive-shard.ts";
import { parseShardName, shardNameOf } from "../../io/shard-paths.ts";
import { ShardStore, type ShardStoreOptions } from "../../io/shard-store.ts";
import { dataNamed, identNamed } from "../test-data.ts";
import { arriving, collected, receiptFor, rejection, temporaryDirectory } from "./files.ts";

const BYTES = dataNamed("store", 150_000);
const NAME = shardNameOf(identNamed("kept"));

async function openStore(directory: string, options: Partial<ShardStoreOptions> = {}) {
  return ShardStore.open({ directory, freeBytes: async () => 2 ** 40, ...options });
}

/** A store that already keeps one shard, which nothing in the tests below may harm. */
async function storeWithShard(directory: string, options: Partial<ShardStoreOptions> = {}) {
  const store = await openStore(directory, options);
  await store.accept(receiptFor("kept", BYTES), arriving(BYTES));
  return store;
}

const filesIn = async (path: string) => (await readdir(path, { recursive: true })).sort();

test("a shard comes back as it was sent, whole and in part, also after a restart", async () => {
  await using directory = await temporaryDirectory();
  await storeWithShard(directory.path);
  const store = await openStore(directory.path);
  expect(store.recovered).toEqual({ unfinished: 0, orphans: 0, damaged: [] });
  expect(await collected(store.read(NAME))).toEqual(Buffer.from(BYTES));
  expect(await collected(store.read(NAME, 5000, 9000))).toEqual(
    Buffer.from(BYTES.slice(5000, 9000)),
  );
  expect(store.list()).toEqual(
    [receiptFor("kept", BYTES)].map((r) => expect.objectContaining({ receipt: r.receipt })),
  );
  expect(await store.isIntact(NAME)).toBe(true);
  expect(store.usedBytes).toBe(BYTES.length);
});

test.each([
  ["other bytes", dataNamed("other", BYTES.length), "ROOT_MISMATCH"],
  ["a byte less", BYTES.slice(1), "SIZE_MISMATCH"],
  ["a byte more", Uint8Array.from([...BYTES, 0]), "SIZE_MISMATCH"],
  ["nothing", new Uint8Array(), "SIZE_MISMATCH"],
])("%s in place of the promised bytes are refused and leave no file", async (_, bytes, code) => {
  await using directory = await temporaryDirectory();
  const store = await storeWithShard(directory.path);
  const before = await filesIn(directory.path);
  const promised = receiptFor("another", BYTES);
  expect(await rejection(store.accept(promised, arriving(bytes)))).toBe(code);
  expect(await filesIn(directory.path)).toEqual(before);
  expect(store.list()).toHaveLength(1);
});

test("a sender that breaks off leaves nothing behind", async () => {
  await using directory = await temporaryDirectory();
  const store = await storeWithShard(directory.path);
  const before = await filesIn(directory.path);
  async function* broken() {
    yield BYTES.slice(0, 70_000);
    throw new Error("connection reset");
  }
  await expect(store.accept(receiptFor("another", BYTES), broken())).rejects.toThrow("reset");
  expect(await filesIn(directory.path)).toEqual(before);
});

test("reading stops with the first byte too many", async () => {
  await using directory = await temporaryDirectory();
  const store = await openStore(directory.path);
  let sent = 0;
  async function* endless() {
    for (;;) {
      sent += 100_000;
      yield new Uint8Array(100_000);
    }
  }
  expect(await rejection(store.accept(receiptFor("another", BYTES), endless()))).toBe(
    "SIZE_MISMATCH",
  );
  expect(sent).toBe(200_000);
});

test("a full disk refuses the new shard before a byte is read, and keeps the old ones", async () => {
  await using directory = await temporaryDirectory();
  await storeWithShard(directory.path);
  const store = await openStore(directory.path, {
    freeBytes: async () => 100_000,
    reserveBytes: 0,
  });
  async function* unread(): AsyncGenerator<Uint8Array> {
    yield await Promise.reject(new Error("the body was read"));
  }
  expect(await rejection(store.accept(receiptFor("another", BYTES), unread()))).toBe("DISK_FULL");
  expect(await store.isIntact(NAME)).toBe(true);
});

test("a disk that fills up on the way refuses the shard, removes it and keeps the old ones", async () => {
  await using directory = await temporaryDirectory();
  let free = 3;
  const store = await openStore(directory.path, {
    async openSink(path) {
      await writeFile(path, "");
      return {
        async write() {
          free -= 1;
          if (free < 0) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
        },
        sync: async () => {},
        close: async () => {},
      };
    },
  });
  await storeWithShard(directory.path);
  expect(await rejection(store.accept(receiptFor("another", BYTES), arriving(BYTES)))).toBe(
    "DISK_FULL",
  );
  expect(await readdir(join(directory.path, "incoming"))).toEqual([]);
  const reopened = await openStore(directory.path);
  expect(await reopened.isIntact(NAME)).toBe(true);
  expect(reopened.recovered).toEqual({ unfinished: 0, orphans: 0, damaged: [] });
});

test.skipIf(!mayMount)(
  "a shard of which the disk takes the beginning only is refused",
  async () => {
    await using directory = await temporaryDirectory();
    const disk = join(directory.path, "disk");
    using _disk = smallDisk(disk, 1);
    await writeFile(join(disk, "others"), Buffer.alloc(2_000_000)).catch(() => undefined);
    await truncate(join(disk, "others"), 2 ** 20 - 100_000);
    const { receipt } = receiptFor("last", BYTES);
    const received = receiveShard(join(disk, "last"), receipt, arriving(BYTES, BYTES.length));
    expect(await rejection(received)).toBe("DISK_FULL");
    expect(await readdir(disk)).toEqual(["others"]);
  },
);

test("shards that arrive at once do not share the last free space", async () => {
  await using directory = await temporaryDirectory();
  const store = await openStore(directory.path, { capacityBytes: 1.5 * BYTES.length });
  const both = await Promise.allSettled(
    ["one", "other"].map((name) => store.accept(receiptFor(name, BYTES), arriving(BYTES))),
  );
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(store.usedBytes).toBe(BYTES.length);
});

test("what a crash left half-done is cleared, and what it left whole stays", async () => {
  await using directory = await temporaryDirectory();
  await storeWithShard(directory.path);
  const orphan = shardNameOf(identNamed("orphan"));
  await writeFile(join(directory.path, "incoming", "half"), "half a shard");
  await writeFile(
    join(directory.path, "shards", NAME.slice(0, 2), `${orphan}.shard`),
    "no receipt",
  );
  const store = await openStore(directory.path);
  expect(store.recovered).toEqual({ unfinished: 1, orphans: 1, damaged: [] });
  expect(await readdir(join(directory.path, "incoming"))).toEqual([]);
  expect(await store.isIntact(NAME)).toBe(true);
});

test("a shard whose file was cut is reported and not promised", async () => {
  await using directory = await temporaryDirectory();
  await storeWithShard(directory.path);
  await truncate(join(directory.path, "shards", NAME.slice(0, 2), `${NAME}.shard`), 10);
  const store = await openStore(directory.path);
  expect(store.recovered.damaged).toEqual([NAME]);
  expect(store.list()).toEqual([]);
  await store.accept(receiptFor("kept", BYTES), arriving(BYTES));
  expect(await store.isIntact(NAME)).toBe(true);
});

test("a flipped bit on disk is found", async () => {
  await using directory = await temporaryDirectory();
  const store = await storeWithShard(directory.path);
  const path = join(directory.path, "shards", NAME.slice(0, 2), `${NAME}.shard`);
  const bytes = await readFile(path);
  bytes[77_777] = (bytes[77_777] ?? 0) ^ 1;
  await writeFile(path, bytes);
  expect(await store.isIntact(NAME)).toBe(false);
});

test("the same shard again renews its receipt without reading it; other bytes are refused", async () => {
  await using directory = await temporaryDirectory();
  const store = await storeWithShard(directory.path);
  const renewed = receiptFor("kept", BYTES, { expiresBlock: 5000 });
  await store.accept(renewed, arriving(new Uint8Array()));
  expect(store.get(NAME)).toEqual(renewed);
  const other = receiptFor("kept", BYTES.slice(1));
  expect(await rejection(store.accept(other, arriving(BYTES.slice(1))))).toBe("SHARD_STORED");
  const reopened = await openStore(directory.path);
  expect(reopened.get(NAME)?.receipt.expiresBlock).toBe(5000);
});

test("expired shards go after the grace, and leave no file", async () => {
  await using directory = await temporaryDirectory();
  const store = await storeWithShard(directory.path);
  await store.accept(receiptFor("longer", BYTES, { expiresBlock: 2000 }), arriving(BYTES));
  expect(await store.collect(1099, 100)).toEqual([]);
  expect(await store.collect(1100, 100)).toEqual([NAME]);
  expect(store.list()).toHaveLength(1);
  const left = (await filesIn(directory.path)).filter((file) => file.includes("."));
  expect(left).toHaveLength(3);
  expect(left.every((file) => !file.includes(NAME))).toBe(true);
});

test("a file that went while nobody was reading yet fails the reader, not the process", async () => {
  await using directory = await temporaryDirectory();
  const store = await storeWithShard(directory.path);
  await rm(join(directory.path, "shards", NAME.slice(0, 2), `${NAME}.shard`));
  const bytes = store.read(NAME);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await rejection(collected(bytes))).toBe("ENOENT");
});

test("deleting twice is deleting, and what is gone cannot be read", async () => {
  await using directory = await temporaryDirectory();
  const store = await storeWithShard(directory.path);
  await store.delete(NAME);
  await store.delete(NAME);
  expect(() => store.read(NAME)).toThrow("not stored here");
  expect(await rejection(store.isIntact(NAME))).toBe("SHARD_MISSING");
});

test.each([
  "",
  "..",
  "../../etc/passwd",
  "A".repeat(64),
  `${"a".repeat(63)}/`,
  `${"a".repeat(64)}\n`,
  "a".repeat(65),
])("%j is no shard's name", (text) => {
  try {
    parseShardName(text);
    expect.unreachable();
  } catch (error) {
    expect(isCoded(error, "SHARD_ID_INVALID")).toBe(true);
  }
});
