import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DirectoryAuditStore, MemoryAuditStore } from "@neurond/audit/io";
import { afterAll, describe, expect, test } from "vitest";
import { auditStoreContract } from "./audit-store-contract.ts";

const made: string[] = [];
afterAll(async () => {
  for (const directory of made) await rm(directory, { recursive: true, force: true });
});
const newDirectory = async () => {
  const directory = await mkdtemp(join(tmpdir(), "neurond-audits-"));
  made.push(directory);
  return directory;
};

describe("in memory", () => auditStoreContract(async () => new MemoryAuditStore()));
describe("in a directory", () =>
  auditStoreContract(async () => DirectoryAuditStore.open(await newDirectory())));

test("no name leads out of the directory", async () => {
  const store = await DirectoryAuditStore.open(await newDirectory());
  expect(store.fileOf("../../etc/passwd")).toMatch(/evidence\/[A-Za-z0-9_]+\.json$/);
  expect(await store.readFinding("../runs/3")).toBeNull();
});

test("a file that was being written when the process died is not a run", async () => {
  const directory = await newDirectory();
  const store = await DirectoryAuditStore.open(directory);
  await writeFile(join(directory, "runs", "7.json.tmp"), '{"index":');
  expect(await store.latestRuns(5)).toEqual([]);
  expect(await readdir(join(directory, "runs"))).toEqual(["7.json.tmp"]);
});
