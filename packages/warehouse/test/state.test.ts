import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mergeInstances } from "@neurond/incentive";
import { expect, test } from "vitest";
import {
  computeHistory,
  dropEntry,
  gpuCounts,
  HOUR_US,
  type InstanceRow,
  latestInstances,
  latestJobs,
  loadEntry,
  mergedInstances,
  openWarehouse,
  recountUsage,
  replaceGpuCounts,
  reportedCounts,
  usage,
} from "../src/index.ts";
import {
  attempt,
  csvFile,
  emptyWarehouse,
  entryOf,
  hourOf,
  START,
  temporaryDirectory,
  uuid,
} from "./fixture.ts";

const instance = (said: Partial<InstanceRow> = {}): InstanceRow => ({
  instanceId: uuid(1, 4),
  chuteId: uuid(1, 3),
  minerHotkey: "hotkey-a",
  createdAt: START,
  verifiedAt: START + 1,
  activatedAt: START + 2,
  deletedAt: null,
  deletionReason: null,
  billedTo: null,
  stopBillingAt: null,
  computeMultiplier: 1.5,
  bounty: false,
  validTermination: false,
  ...said,
});

test("an instance stands as the newest report says, whichever arrived first", async () => {
  const warehouse = await emptyWarehouse();
  const gone = instance({
    deletedAt: START + HOUR_US,
    activatedAt: START + 9,
    deletionReason: "x",
  });
  await loadEntry(warehouse, { entry: entryOf(1), instances: [gone] });
  await loadEntry(warehouse, { entry: entryOf(0), instances: [instance({ billedTo: "user" })] });
  const [latest] = await latestInstances(warehouse);
  expect(latest).toMatchObject({ ...gone, seenAt: entryOf(1).endTime });
  expect(await mergedInstances(warehouse)).toEqual([
    { ...latest, activatedAt: START + 2, billedTo: "user" },
  ]);
  expect(await latestInstances(warehouse, { asOf: entryOf(0).endTime })).toMatchObject([
    { deletedAt: null, billedTo: "user" },
  ]);
  expect(await latestInstances(warehouse, { kind: "miner" })).toEqual([]);
});

test("instances are merged as the scoring merges them", async () => {
  const warehouse = await emptyWarehouse();
  const reports = [
    [instance({ stopBillingAt: START + 7 }), instance({ instanceId: "b", billedTo: "z" })],
    [instance({ activatedAt: null, billedTo: "y" }), instance({ instanceId: "b", billedTo: "a" })],
    [instance({ deletedAt: START + 3 }), instance({ instanceId: "b" })],
  ];
  for (const [hour, instances] of reports.entries()) {
    await loadEntry(warehouse, { entry: entryOf(hour), instances });
  }
  const states = reports.flatMap((instances, hour) =>
    instances.map((row) => ({
      ...row,
      instanceId: row.instanceId ?? "",
      seenAt: entryOf(hour).endTime,
    })),
  );
  const merged = await mergedInstances(warehouse);
  expect(merged).toMatchObject(mergeInstances(states));
  expect(merged).toHaveLength(2);
});

test("a stretch of history is open until a newer report ends it", async () => {
  const warehouse = await emptyWarehouse();
  const open = { instanceId: "i", computeMultiplier: 2, startedAt: START, endedAt: null };
  const ended = { ...open, endedAt: START + 5 };
  await loadEntry(warehouse, { entry: entryOf(1), history: [ended] });
  await loadEntry(warehouse, { entry: entryOf(0), history: [open] });
  expect(await computeHistory(warehouse)).toEqual([{ ...ended, seenAt: entryOf(1).endTime }]);
});

test("a job is finished when a newer export says so; empty cells are null", async () => {
  const warehouse = await emptyWarehouse();
  const head = ["job_id", "status", "finished_at", "miner_uid", "miner_terminated"];
  const done = [head, ["j", "complete", "2025-06-01 11:30:00+02:00", "4", "True"]];
  await loadEntry(warehouse, { entry: entryOf(1), jobs: csvFile(done) });
  await loadEntry(warehouse, {
    entry: entryOf(0),
    jobs: csvFile([head, ["j", "running", "", "", ""]]),
  });
  expect(await latestJobs(warehouse)).toMatchObject([
    {
      jobId: "j",
      status: "complete",
      finishedAt: Date.UTC(2025, 5, 1, 9, 30) * 1_000,
      minerUid: 4,
      minerTerminated: true,
      chuteId: null,
    },
  ]);
  expect(await latestJobs(warehouse, { asOf: entryOf(0).endTime })).toMatchObject([
    { status: "running", finishedAt: null, minerUid: null, minerTerminated: null },
  ]);
});

test("of two reports of a miner about one hour the later counts", async () => {
  const warehouse = await emptyWarehouse();
  const metric = { chuteId: uuid(1, 3), deploymentId: "d", functionName: "chat", totalSeconds: 1 };
  for (const [block, totalCount] of [
    [501, 30],
    [500, 20],
  ] as const) {
    const entry = { ...entryOf(0, block), kind: "miner" as const, hotkey: "hotkey-a" };
    await loadEntry(warehouse, { entry, minerMetrics: [{ ...metric, totalCount }] });
  }
  expect(await reportedCounts(warehouse, { asOf: entryOf(0).endTime })).toEqual([
    { minerHotkey: "hotkey-a", hour: START, chuteId: uuid(1, 3), functionName: "chat", count: 30 },
  ]);
});

test("GPU counts are replaced as a whole", async () => {
  const warehouse = await emptyWarehouse();
  await replaceGpuCounts(warehouse, [
    { chuteId: "a", gpuCount: 1 },
    { chuteId: "b", gpuCount: 8 },
  ]);
  await replaceGpuCounts(warehouse, [{ chuteId: "b", gpuCount: 4 }]);
  expect(await gpuCounts(warehouse)).toEqual(new Map([["b", 4]]));
});

test("what was loaded is there when the warehouse is opened again", async () => {
  const directory = temporaryDirectory();
  const first = await openWarehouse({ directory });
  await loadEntry(first, hourOf(0, [attempt(1)]));
  const before = await usage(first);
  await expect(openWarehouse({ directory })).rejects.toMatchObject({ code: "WAREHOUSE_BUSY" });
  await first[Symbol.asyncDispose]();
  // What a load leaves that was cut off between the file and the entry.
  writeFileSync(join(directory, "invocations", `${uuid(9)}.parquet`), "half");
  await using second = await openWarehouse({ directory });
  expect(await usage(second)).toEqual(before);
  expect(readdirSync(join(directory, "invocations"))).toHaveLength(1);
});

test("a file that went bad is named, and loading it again mends it", async () => {
  const directory = temporaryDirectory();
  await using warehouse = await openWarehouse({ directory });
  const [good, bad] = [hourOf(0, [attempt(1)]), hourOf(1, [attempt(2)])];
  for (const hour of [good, bad]) await loadEntry(warehouse, hour);
  const file = join(directory, "invocations", `${bad.entry.entryId}.parquet`);
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length >> 1));
  await expect(recountUsage(warehouse)).rejects.toMatchObject({
    code: "ENTRY_CORRUPT",
    context: { entryIds: [bad.entry.entryId] },
  });
  await expect(usage(warehouse)).rejects.toMatchObject({ code: "ENTRY_CORRUPT" });
  await dropEntry(warehouse, bad.entry.entryId);
  await loadEntry(warehouse, bad);
  expect(await usage(warehouse)).toMatchObject([{ rows: 2 }]);
});

test("a window file of something else is refused by code", async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "window.duckdb"), "x".repeat(20_000));
  await expect(openWarehouse({ directory })).rejects.toMatchObject({ code: "WAREHOUSE_CORRUPT" });
});

test("a directory whose path the engine would read as a pattern is refused", async () => {
  const directory = join(temporaryDirectory(), "a[b]");
  await expect(openWarehouse({ directory })).rejects.toMatchObject({
    code: "WAREHOUSE_DIRECTORY_UNUSABLE",
  });
});
