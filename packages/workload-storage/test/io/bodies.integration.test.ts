import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BlobStore, prefixedBlobs, s3Blobs } from "@neurond/blob-store";
import { CodedError } from "@neurond/primitives";
import { S3Server } from "@neurond/testing/s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { blobBodies } from "../../io/blob-bodies.ts";
import { shardNameOf } from "../../io/shard-paths.ts";
import { ShardStore } from "../../io/shard-store.ts";
import { scrubShards } from "../../io/sweep/scrub.ts";
import { dataNamed, identNamed } from "../test-data.ts";
import { type Backend, bodiesContract } from "./bodies-contract.ts";
import { arriving, receiptFor, rejection, temporaryDirectory } from "./files.ts";

const resources = new AsyncDisposableStack();
let bucket: BlobStore;
beforeAll(async () => {
  const server = resources.use(await S3Server.start());
  bucket = resources.use(s3Blobs(server.options));
});
afterAll(() => resources.disposeAsync());

const FILES: Backend = {
  bodiesFor: async () => undefined,
  overwrite: async (directory, name, bytes) => {
    const path = join(directory, "shards", name.slice(0, 2), `${name}.shard`);
    await (bytes === null ? rm(path) : writeFile(path, bytes));
  },
  names: async (directory) => {
    const files = await readdir(join(directory, "shards"), { recursive: true });
    return files
      .filter((file) => file.endsWith(".shard"))
      .map((file) => file.slice(3, -".shard".length));
  },
};

/** Every test directory has a part of the bucket to itself. */
const partOf = (directory: string) =>
  prefixedBlobs(bucket, `d${Buffer.from(directory).toString("hex").slice(-40)}`);

const BLOBS: Backend = {
  bodiesFor: (directory) =>
    blobBodies({ blobs: partOf(directory), notes: join(directory, "under-way") }),
  overwrite: async (directory, name, bytes) => {
    const blob = `shards/${name.slice(0, 2)}/${name}`;
    await partOf(directory).remove(blob);
    if (bytes !== null) await partOf(directory).put(blob, arriving(bytes));
  },
  names: async (directory) => {
    const listed = await Array.fromAsync(partOf(directory).list("shards/"));
    return listed.map(({ name }) => name.slice("shards/ab/".length));
  },
};

bodiesContract("files", FILES);
bodiesContract("blobs of an S3 server", BLOBS);

const BYTES = dataNamed("blob", 200_000);
const NAME = shardNameOf(identNamed("blob"));

/** A store over blobs that fail when they are told to. */
async function failingStore(directory: string) {
  const inner = partOf(directory);
  const failing = new Set<keyof BlobStore>();
  const down = () => new CodedError("BLOB_STORE_UNREACHABLE", "the storage does not answer");
  const blobs: BlobStore = {
    ...inner,
    get: (...asked) => {
      if (failing.has("get")) throw down();
      return inner.get(...asked);
    },
    remove: async (...asked) => {
      if (failing.has("remove")) throw down();
      await inner.remove(...asked);
    },
  };
  const open = async () =>
    ShardStore.open({
      directory,
      reserveBytes: 0,
      bodies: await blobBodies({ blobs, notes: join(directory, "under-way") }),
    });
  return { open, failing };
}

test("a storage that is away loses nothing: no shard is written off for it", async () => {
  await using directory = await temporaryDirectory();
  const { open, failing } = await failingStore(directory.path);
  const store = await open();
  const signed = receiptFor("blob", BYTES);
  await store.accept(signed, arriving(BYTES));
  failing.add("get");
  const sample = { entry: signed.receipt, leaves: [0], ranges: [] };
  expect(await rejection(store.readSample(sample))).toBe("BLOB_STORE_UNREACHABLE");
  expect(await scrubShards(store, AbortSignal.timeout(10_000))).toEqual({ intact: 0, damaged: [] });
  expect(store.lost.size).toBe(0);
  failing.clear();
  expect(await store.isIntact(NAME)).toBe(true);
});

test("a blob that could not be removed is removed at the next start, and no other is", async () => {
  await using directory = await temporaryDirectory();
  const { open, failing } = await failingStore(directory.path);
  const store = await open();
  await store.accept(receiptFor("blob", BYTES), arriving(BYTES));
  await store.accept(receiptFor("stays", BYTES), arriving(BYTES));
  // Of somebody else, or of a directory that is not mounted.
  await partOf(directory.path).put("shards/00/unknown", arriving(BYTES));
  failing.add("remove");
  expect(await rejection(store.delete(NAME))).toBe("BLOB_STORE_UNREACHABLE");
  expect(store.get(NAME)).toBeUndefined();
  expect(await BLOBS.names(directory.path)).toHaveLength(3);
  failing.clear();
  const reopened = await open();
  // The blob, and its tree on the own disk.
  expect(reopened.recovered.orphans).toBe(2);
  expect([...(await BLOBS.names(directory.path))].sort()).toEqual(
    ["unknown", shardNameOf(identNamed("stays"))].sort(),
  );
  expect(await readdir(join(directory.path, "under-way"))).toEqual([]);
  expect(reopened.list()).toHaveLength(1);
});

test("a tree that rotted is made anew by a scrub", async () => {
  await using directory = await temporaryDirectory();
  const store = await ShardStore.open({ directory: directory.path, reserveBytes: 0 });
  await store.accept(receiptFor("blob", BYTES), arriving(BYTES));
  const path = join(directory.path, "shards", NAME.slice(0, 2), `${NAME}.tree`);
  const tree = await readFile(path);
  await writeFile(path, Buffer.alloc(tree.length));
  expect(await scrubShards(store, AbortSignal.timeout(10_000))).toEqual({ intact: 1, damaged: [] });
  expect(await readFile(path)).toEqual(tree);
});
