import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { directoryBlobs } from "@neurond/blob-store";
import { INVOCATION_COLUMNS, invocationCells } from "@neurond/exports";
import { mayMount, smallDisk } from "@neurond/testing/disk";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  computeHistory,
  loadEntry,
  loadedEntries,
  openWarehouse,
  recountUsage,
  usage,
} from "../src/index.ts";
import {
  attempt,
  csvFile,
  emptyWarehouse,
  entryOf,
  hourOf,
  temporaryDirectory,
} from "./fixture.ts";

const ROWS = 20_000;

function busyHour() {
  const rows = Array.from({ length: ROWS }, (_, number) =>
    attempt(number, { miner_uid: number % 9 }),
  );
  return csvFile([[...INVOCATION_COLUMNS], ...rows.map(invocationCells)]);
}

/** Starts loading in a process of its own and kills it so long after it has opened the warehouse. */
async function killedAfter(
  milliseconds: number,
  directory: string,
  path: string,
  ...behind: readonly string[]
): Promise<void> {
  const script = new URL("load-forever.ts", import.meta.url).pathname;
  const args = ["--conditions=neurond:source", script, directory, path, String(ROWS), ...behind];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  await once(child.stdout, "data");
  await expect(openWarehouse({ directory })).rejects.toMatchObject({ code: "WAREHOUSE_BUSY" });
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill("SIGKILL");
  await once(child, "exit");
}

test("whenever a load is killed, each entry is there in full or not at all", async () => {
  const { path } = busyHour();
  const directory = temporaryDirectory();
  let before = 0;
  for (const milliseconds of [40, 150, 260, 370, 480]) {
    await killedAfter(milliseconds, directory, path);
    await using warehouse = await openWarehouse({ directory, threads: 1 });
    const entries = await loadedEntries(warehouse);
    expect(entries.length).toBeGreaterThanOrEqual(before);
    before = entries.length;
    for (const { invocationRows } of entries) expect(invocationRows).toBe(ROWS);
    if (entries.length === 0) continue;
    const hours = new Set(entries.map(({ startTime }) => startTime)).size;
    expect(await computeHistory(warehouse)).toHaveLength(hours);
    const counted = await recountUsage(warehouse);
    expect(counted.map(({ unitsDouble, demandUnitsDouble, ...rest }) => rest)).toEqual(
      await usage(warehouse),
    );
  }
  expect(before).toBeGreaterThan(0);
});

test("whenever an entry is killed on its way to the archive, it is here or there", async () => {
  const { path } = busyHour();
  const [directory, behind] = [temporaryDirectory(), temporaryDirectory()];
  const blobs = directoryBlobs(behind);
  let archived = 0;
  for (const milliseconds of [500, 620, 740, 860]) {
    await killedAfter(milliseconds, directory, path, behind);
    await using warehouse = await openWarehouse({
      directory,
      threads: 1,
      archive: { blobs, cacheBytes: 1 },
    });
    const entries = await loadedEntries(warehouse);
    archived = entries.filter(({ entryId }) => warehouse.files.archived(entryId)).length;
    if (entries.length === 0) continue;
    const counted = await recountUsage(warehouse);
    expect(counted.map(({ unitsDouble, demandUnitsDouble, ...rest }) => rest)).toEqual(
      await usage(warehouse),
    );
  }
  expect(archived).toBeGreaterThan(0);
});

function ownDisk(sizeMb: number): string {
  const directory = join(temporaryDirectory(), "disk");
  const disk = smallDisk(directory, sizeMb);
  onTestFinished(() => disk[Symbol.dispose]());
  return directory;
}

describe.skipIf(!mayMount)("on a full disk (skipped where nothing may be mounted)", () => {
  test("a load says so, and goes through once there is room", async () => {
    const disk = ownDisk(24);
    const warehouse = await emptyWarehouse({ directory: join(disk, "window") });
    await loadEntry(warehouse, hourOf(0, [attempt(1)]));
    const filler = join(disk, "filler");
    fill(filler);
    const hour = { entry: entryOf(1), invocations: busyHour() };
    for (let attempted = 0; attempted < 2; attempted += 1) {
      await expect(loadEntry(warehouse, hour)).rejects.toMatchObject({
        code: "WAREHOUSE_DISK_FULL",
      });
      expect(await loadedEntries(warehouse)).toHaveLength(1);
    }
    rmSync(filler);
    await loadEntry(warehouse, hour);
    expect(await usage(warehouse)).toMatchObject([{ rows: ROWS }]);
  });

  test("sums that cannot be written are made once there is room", async () => {
    const disk = ownDisk(24);
    const warehouse = await emptyWarehouse({ directory: join(disk, "window") });
    const invocations = busyHour(); // twice, so that every row is copied aside
    for (const hour of [0, 1]) await loadEntry(warehouse, { entry: entryOf(hour), invocations });
    const filler = join(disk, "filler");
    fill(filler);
    await expect(usage(warehouse)).rejects.toMatchObject({ code: "WAREHOUSE_DISK_FULL" });
    rmSync(filler);
    expect(await usage(warehouse)).toMatchObject([{ rows: ROWS }]);
  });
});

function fill(path: string): void {
  for (const size of [1 << 20, 1 << 12]) {
    try {
      while (true) writeFileSync(path, Buffer.alloc(size), { flag: "a" });
    } catch {
      // Full for this size; the next is smaller.
    }
  }
}
