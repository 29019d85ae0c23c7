import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hotkeyOf, toUid } from "@neurond/primitives";
import type { RecordedObservation } from "@neurond/store";
import { expect, onTestFinished, test } from "vitest";
import { ExportFiles, treeFileOf } from "../src/exports/export-files.ts";
import { exportRows } from "../src/exports/export-rows.ts";
import { type LogSource, readPages, rowsOf } from "../src/exports/read-rows.ts";
import { writeInvocations } from "../src/exports/write-invocations.ts";

const miner = hotkeyOf(new Uint8Array(32).fill(2));
const names = { uids: new Map([[miner, toUid(7)]]), services: [], earned: [] };
const BUSY = { from: 0, to: 20_500 };
const { signal } = new AbortController();

const observation = (index: number): RecordedObservation => ({
  index,
  recordedMs: 1_767_225_600_300 + index,
  text: JSON.stringify({
    netuid: 2,
    validator: hotkeyOf(new Uint8Array(32).fill(1)),
    run_id: `run-${index % 3}`,
    workload: "toy/1",
    miner: index % 5 === 0 ? hotkeyOf(new Uint8Array(32).fill(3)) : miner,
    slot: index,
    outcome: index % 4 === 0 ? { kind: "failed", reason: "WRONG" } : { kind: "passed" },
    sent_ms: 1_767_225_600_000,
    received_ms: 1_767_225_600_250,
  }),
});

const logOf = (indexOf = (index: number) => index): LogSource => ({
  observations: async (from, to) =>
    Array.from({ length: Math.max(0, to - from) }, (_, at) => observation(indexOf(from + at))),
});

async function scratch() {
  const directory = await mkdtemp(join(tmpdir(), "neurond-exports-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const files = new ExportFiles(directory);
  return { files, file: join(directory, "busy.csv") };
}

test("a busy hour is written on another thread, to the same bytes as on this one", async () => {
  const { files, file } = await scratch();
  const here = `${file}.here`;
  const pages = readPages(logOf(), BUSY, signal);
  const expected = await writeInvocations(files, here, rowsOf(pages, names));
  const found = await exportRows({ log: logOf(), range: BUSY, names, files, file }, signal);
  expect(found.tree.size).toBe(BUSY.to);
  expect(found.tree).toEqual({ ...expected.tree, root: Uint8Array.from(expected.tree.root) });
  expect(found.sha256).toEqual(Uint8Array.from(expected.sha256));
  expect((await readFile(file)).equals(await readFile(here))).toBe(true);
  const trees = await Promise.all([file, here].map((csv) => readFile(treeFileOf(csv))));
  expect(trees[0]?.equals(trees[1] ?? Buffer.alloc(0))).toBe(true);
});

test("what goes wrong on the other thread, or before it, is told, and no file appears", async () => {
  const { files, file } = await scratch();
  const twice = { log: logOf((index) => index % 20_499), range: BUSY, names, files, file };
  await expect(exportRows(twice, signal)).rejects.toThrow("exported twice");
  const lost: LogSource = { observations: () => Promise.reject(new Error("the database is gone")) };
  await expect(exportRows({ ...twice, log: lost }, signal)).rejects.toThrow("database is gone");
  const stop = new AbortController();
  const stopping: LogSource = {
    observations: async (from, to) => {
      if (from > 6_000) stop.abort(new Error("enough"));
      return await logOf().observations(from, to);
    },
  };
  const stopped = exportRows({ ...twice, log: stopping }, stop.signal);
  await expect(stopped).rejects.toThrow("enough");
  expect(await files.read(file)).toBeNull();
});
