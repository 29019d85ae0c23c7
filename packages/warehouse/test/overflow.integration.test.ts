import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BlobStore, directoryBlobs, s3Blobs } from "@neurond/blob-store";
import { CodedError } from "@neurond/primitives";
import { S3Server } from "@neurond/testing/s3";
import { expect, onTestFinished, test } from "vitest";
import {
  auditedCounts,
  dropEntry,
  findAttempts,
  HOUR_US,
  imageRows,
  imagesOf,
  instanceTraffic,
  loadEntry,
  openWarehouse,
  recountUsage,
  restoreEntry,
  usage,
  type Warehouse,
} from "../src/index.ts";
import {
  attempt,
  emptyWarehouse,
  entryOf,
  hourOf,
  START,
  temporaryDirectory,
  uuid,
} from "./fixture.ts";

const HOURS = 9;
const ROWS = 150;
/** Less than a third of what the window takes. */
const CACHE = 20_000;

/** Attempts of an hour: one straddles from the hour before, one comes again from the very first. */
function contentOf(hour: number) {
  const rows = Array.from({ length: ROWS }, (_, at) => {
    const startedAt = START + hour * HOUR_US + at * 1_000_000;
    return attempt(hour * 1_000 + at, {
      miner_hotkey: `hotkey-${at % 7}`,
      image_id: uuid(at % 3, 6),
      started_at: startedAt,
      completed_at: startedAt + 777_777 * (1 + (at % 5)),
      compute_multiplier: 1 + at / 7,
    });
  });
  const straddling = attempt((hour - 1) * 1_000 + 5, {
    started_at: START + (hour - 1) * HOUR_US + 5_000_000,
    completed_at: START + hour * HOUR_US + 9_000_000,
    compute_multiplier: 9,
  });
  const old = attempt(7, { miner_hotkey: "hotkey-x", completed_at: START + 60_000_000 });
  const report = {
    invocation_id: uuid(11, 1),
    user_id: "u",
    timestamp: START + HOUR_US,
    confirmed_at: START + HOUR_US * 2,
    confirmed_by: "v",
    reason: "late",
  };
  const extra = hour === 0 ? [] : [straddling];
  const all = [...rows, ...extra, ...(hour === 7 ? [old] : [])];
  return hourOf(hour, all, hour === 8 ? [report] : []);
}

/** All that a window is asked. */
async function answersOf(warehouse: Warehouse) {
  const entryIds = Array.from({ length: HOURS }, (_, hour) => entryOf(hour).entryId);
  return {
    images: await imagesOf(warehouse, entryIds),
    imageRows: await Array.fromAsync(imageRows(warehouse, entryIds, uuid(1, 6))),
    usage: await usage(warehouse),
    half: await usage(warehouse, { asOf: START + HOUR_US * 7, hours: 3 }),
    counts: await auditedCounts(warehouse),
    attempts: await findAttempts(
      warehouse,
      [3, 5, 7, 4_005, 8_149].map((at) => uuid(at, 2)),
    ),
    requests: await findAttempts(warehouse, [uuid(2_005, 1)], { by: "request" }),
    none: await findAttempts(warehouse, [uuid(999_999, 2)]),
    traffic: await instanceTraffic(warehouse),
    recounted: (await recountUsage(warehouse)).map(({ units, rows, answered }) => ({
      units,
      rows,
      answered,
    })),
  };
}

const down = () => new CodedError("BLOB_STORE_UNREACHABLE", "the storage is down");

const filesIn = (directory: string, part: string) => readdirSync(join(directory, part)).sort();

async function overflowing(blobs: BlobStore, cacheBytes = CACHE) {
  const directory = temporaryDirectory();
  const options = { directory, archive: { blobs, cacheBytes } };
  return { directory, options, warehouse: await emptyWarehouse(options) };
}

async function loadAll(warehouse: Warehouse, hours = HOURS) {
  for (let hour = 0; hour < hours; hour += 1) await loadEntry(warehouse, contentOf(hour));
}

async function s3(): Promise<BlobStore> {
  const server = await S3Server.start();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const blobs = s3Blobs(server.options);
  onTestFinished(() => blobs[Symbol.asyncDispose]());
  return blobs;
}

test("a window larger than its cache, with S3 behind it, answers as one that is all here", async () => {
  const whole = await emptyWarehouse();
  const { warehouse, directory } = await overflowing(await s3());
  await loadAll(whole);
  await loadAll(warehouse);
  expect(filesIn(directory, "invocations").length).toBeLessThan(HOURS / 2);
  expect(warehouse.files.bytes).toBeLessThanOrEqual(CACHE);
  const expected = await answersOf(whole);
  expect(expected.attempts).toHaveLength(5);
  expect(await answersOf(warehouse)).toEqual(expected);
  expect(warehouse.files.bytes).toBeLessThanOrEqual(CACHE);
  // Asked again with other files at hand.
  expect(await answersOf(warehouse)).toEqual(expected);
});

test("what is archived stays so over a restart, and is not archived twice", async () => {
  const inner = directoryBlobs(temporaryDirectory());
  const puts: string[] = [];
  const put: BlobStore["put"] = async (name, source, waiting) => {
    puts.push(name);
    await inner.put(name, source, waiting);
  };
  const { options, warehouse, directory } = await overflowing({ ...inner, put });
  await loadAll(warehouse);
  const expected = await answersOf(warehouse);
  const here = filesIn(directory, "invocations");
  await warehouse[Symbol.asyncDispose]();
  await using again = await openWarehouse(options);
  expect(filesIn(directory, "invocations")).toEqual(here);
  expect(await answersOf(again)).toEqual(expected);
  expect(new Set(puts).size).toBe(puts.length);
});

test("an archived entry is whole: another machine restores it", async () => {
  const blobs = directoryBlobs(temporaryDirectory());
  const { warehouse } = await overflowing(blobs);
  await loadAll(warehouse);
  const target = await emptyWarehouse();
  expect(await restoreEntry(target, entryOf(0).entryId, blobs)).toBe(true);
  const options = { asOf: START + HOUR_US };
  expect(await usage(target, options)).toEqual(await usage(warehouse, options));
});

test("a dropped entry leaves the archive, at once or when the storage is back", async () => {
  const inner = directoryBlobs(temporaryDirectory());
  let isDown = false;
  const remove: BlobStore["remove"] = async (name, waiting) => {
    if (isDown) throw down();
    await inner.remove(name, waiting);
  };
  const { warehouse, directory } = await overflowing({ ...inner, remove });
  await loadAll(warehouse, 8);
  const [first, second] = [entryOf(0).entryId, entryOf(1).entryId];
  const blobsOf = async (id: string) => await Array.fromAsync(inner.list(`entries/${id}/`));
  expect(await blobsOf(first)).not.toEqual([]);
  await dropEntry(warehouse, first);
  expect(await blobsOf(first)).toEqual([]);
  isDown = true;
  await dropEntry(warehouse, second);
  expect(await blobsOf(second)).not.toEqual([]);
  isDown = false;
  await loadEntry(warehouse, contentOf(8));
  expect(await blobsOf(second)).toEqual([]);
  expect(filesIn(directory, "ids").filter((name) => name.endsWith(".doomed"))).toEqual([]);
  const whole = await emptyWarehouse();
  for (const hour of [2, 3, 4, 5, 6, 7, 8]) await loadEntry(whole, contentOf(hour));
  expect(await answersOf(warehouse)).toEqual(await answersOf(whole));
});

test("while the storage is down nothing is lost, and what does not fit waits", async () => {
  const inner = directoryBlobs(temporaryDirectory());
  let isDown = false;
  const put: BlobStore["put"] = async (name, source, waiting) => {
    if (isDown) throw down();
    await inner.put(name, source, waiting);
  };
  const getTo: BlobStore["getTo"] = async (name, path, waiting) => {
    if (isDown) throw down();
    return await inner.getTo(name, path, waiting);
  };
  const { warehouse } = await overflowing({ ...inner, put, getTo });
  await loadAll(warehouse, 6);
  const before = await usage(warehouse);
  isDown = true;
  const unreachable = { code: "BLOB_STORE_UNREACHABLE" };
  await expect(loadEntry(warehouse, contentOf(6))).rejects.toMatchObject(unreachable);
  expect(await usage(warehouse)).toEqual(before);
  await expect(recountUsage(warehouse)).rejects.toMatchObject(unreachable);
  isDown = false;
  await loadEntry(warehouse, contentOf(6));
  const whole = await emptyWarehouse();
  await loadAll(whole, 7);
  expect(await answersOf(warehouse)).toEqual(await answersOf(whole));
});

test("what an archive lost, or a window without its archive, says which entries", async () => {
  const archive = temporaryDirectory();
  const { warehouse, options } = await overflowing(directoryBlobs(archive));
  await loadAll(warehouse, 6);
  await usage(warehouse);
  await warehouse[Symbol.asyncDispose]();
  const { entryId } = entryOf(0);
  const missing = { code: "BLOB_MISSING", context: { entryIds: [entryId] } };
  {
    await using alone = await openWarehouse({ directory: options.directory });
    expect((await usage(alone)).length).toBeGreaterThan(0);
    await expect(findAttempts(alone, [uuid(3, 2)])).rejects.toMatchObject(missing);
  }
  rmSync(join(archive, "entries", entryId, "invocations.parquet"));
  await using again = await openWarehouse(options);
  await expect(findAttempts(again, [uuid(3, 2)])).rejects.toMatchObject(missing);
});

test("markers and archives of entries that are not loaded go when the window opens", async () => {
  const blobs = directoryBlobs(temporaryDirectory());
  const { warehouse, options, directory } = await overflowing(blobs);
  await warehouse[Symbol.asyncDispose]();
  const nobody = uuid(88);
  await blobs.put(`entries/${nobody}/entries.parquet`, "/dev/null");
  writeFileSync(join(directory, "ids", `${nobody}.10.parquet`), "");
  writeFileSync(join(directory, "ids", "no marker"), "");
  await using again = await openWarehouse(options);
  await loadEntry(again, contentOf(0));
  expect(filesIn(directory, "ids")).toEqual([]);
  expect(await Array.fromAsync(blobs.list(""))).toEqual([]);
});
