import { rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { directoryBlobs } from "@neurond/blob-store";
import { expect, test } from "vitest";
import {
  archiveEntry,
  latestInstances,
  loadEntry,
  loadedEntries,
  recountUsage,
  restoreEntry,
  usage,
} from "../src/index.ts";
import { attempt, emptyWarehouse, entryOf, hourOf, temporaryDirectory, uuid } from "./fixture.ts";

async function archived() {
  const directory = temporaryDirectory();
  const blobs = directoryBlobs(directory);
  const source = await emptyWarehouse();
  for (const hour of [0, 1]) {
    await loadEntry(source, hourOf(hour, [attempt(1), attempt(10 + hour)]));
    await archiveEntry(source, entryOf(hour).entryId, blobs);
  }
  const { entryId } = entryOf(1);
  return { directory: join(directory, "entries", entryId), blobs, source, entryId };
}

test("a warehouse restored from object storage gives the same figures", async () => {
  const { blobs, source, entryId } = await archived();
  const target = await emptyWarehouse();
  for (const id of [entryId, entryOf(0).entryId]) {
    expect(await restoreEntry(target, id, blobs)).toBe(true);
    expect(await restoreEntry(target, id, blobs)).toBe(false);
  }
  expect(await usage(target)).toEqual(await usage(source));
  expect(await recountUsage(target)).toEqual(await recountUsage(source));
  expect(await loadedEntries(target)).toEqual(await loadedEntries(source));
  expect(await latestInstances(target)).toEqual([]);
  expect(await restoreEntry(target, uuid(77), blobs)).toBe(false);
});

test("an archive that lost a part restores nothing", async () => {
  const { directory, blobs, entryId } = await archived();
  const target = await emptyWarehouse();
  rmSync(join(directory, "invocations.parquet"));
  await expect(restoreEntry(target, entryId, blobs)).rejects.toMatchObject({
    code: "BLOB_MISSING",
  });
  truncateSync(join(directory, "reports.parquet"), 20);
  await expect(restoreEntry(target, entryId, blobs)).rejects.toMatchObject({
    code: "ENTRY_CORRUPT",
  });
  expect(await loadedEntries(target)).toEqual([]);
  await loadEntry(target, hourOf(1, [attempt(1)]));
  expect(await usage(target)).toMatchObject([{ rows: 1 }]);
});
