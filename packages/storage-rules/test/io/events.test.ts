import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hotkeyOf } from "@neurond/primitives";
import {
  EVENT_LEVEL,
  NEW_MINER,
  NO_DIGEST,
  openLine,
  publicEvent,
  sealLine,
  type TaskEvent,
} from "@neurond/storage-rules";
import {
  appendTotalStorage,
  openEventLog,
  openFileSink,
  RotatingFile,
  readLines,
} from "@neurond/storage-rules/io";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "events-"));
});
afterEach(() => rm(directory, { recursive: true }));

const event: TaskEvent = {
  level: EVENT_LEVEL,
  time: 1,
  task_name: "SetWeights",
  block: 5,
  uids: [1],
  hotkeys: ["5H"],
  successful: [],
  completion_times: [],
  task_status_messages: ["a secret place"],
  task_status_codes: [],
  bytes: [],
  tiers: [],
  timeout: 0,
  step_length: 1,
  best_uid: null,
  best_hotkey: null,
  rewards: [],
  set_weights: [65_535],
};

describe("the event log", () => {
  const log = () => join(directory, "events.jsonl");
  const linesOf = async (file: string) => (await readFile(file, "utf8")).split("\n").slice(0, -1);

  test("seals every line to the one before, across files set aside and restarts", async () => {
    for (let start = 0; start < 3; start += 1) {
      await using events = await openEventLog(directory, { maxBytes: 1500, keep: 9 });
      await Promise.all([1, 2, 3].map((block) => events.append({ ...event, block })));
    }
    const files = (await readdir(directory)).sort();
    expect(files.length).toBeGreaterThan(2);
    const lines = (await Promise.all(files.map((one) => linesOf(join(directory, one))))).flat();
    let prev = NO_DIGEST;
    for (const line of lines) {
      const opened = openLine(line);
      expect(opened?.prev).toBe(prev);
      prev = opened?.digest ?? "";
    }
    expect(lines).toHaveLength(9);
  });

  test("keeps a line for each event, in order, though they are written at once", async () => {
    {
      await using events = await openEventLog(directory);
      await Promise.all([1, 2, 3].map((block) => events.append({ ...event, block })));
    }
    const blocks = (await linesOf(log())).map((line) => (JSON.parse(line) as TaskEvent).block);
    expect(blocks).toEqual([1, 2, 3]);
  });

  test("is set aside when it is full, and only so many are kept", async () => {
    const maxBytes = 2 * Buffer.byteLength(`${sealLine(event, null)}\n`);
    {
      await using events = await openEventLog(directory, { maxBytes, keep: 2 });
      for (let at = 0; at < 9; at += 1) await events.append(event);
    }
    expect((await readdir(directory)).sort()).toEqual([
      "events-000003.jsonl",
      "events-000004.jsonl",
      "events.jsonl",
    ]);
    expect(await linesOf(log())).toHaveLength(1);
    expect(await linesOf(join(directory, "events-000004.jsonl"))).toHaveLength(2);
  });

  test.each(["", '{"whole":1}\n'])("cuts off what a crash tore behind %j", async (whole) => {
    await writeFile(log(), `${whole}{"torn":`);
    {
      await using events = await openEventLog(directory);
      await events.append(event);
    }
    expect(await readFile(log(), "utf8")).toBe(`${whole}${sealLine(event, null)}\n`);
  });

  test("refuses a line that no reader would take, and goes on", async () => {
    await using file = await RotatingFile.open({
      directory,
      name: "events",
      maxBytes: 1e9,
      keep: 1,
    });
    await expect(file.append(() => "x".repeat(5_000_000))).rejects.toThrow(/too long/);
    await file.append((before) => JSON.stringify({ before }));
    expect(await linesOf(log())).toEqual(['{"before":null}']);
  });
});

test("lines are read however the pieces fall, and a torn last one is left out", async () => {
  async function* pieces(text: string, size: number) {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  for (const size of [1, 2, 3, 100]) {
    const found = await Array.fromAsync(readLines(pieces("ä\n\nthree\nfo", size)));
    expect(found).toEqual([
      { number: 1, text: "ä" },
      { number: 2, text: "" },
      { number: 3, text: "three" },
    ]);
  }
  await expect(Array.fromAsync(readLines(pieces("x".repeat(5e6), 1e6)))).rejects.toThrow(/longer/);
});

test("a sink of files begins each run with what it says of itself, and holds public fields only", async () => {
  const run = {
    project: "../philanthropic-thunder",
    entity: "philanthrope",
    notes: "",
    tags: ["netuid_21"],
  };
  {
    await using sink = await openFileSink(directory, run);
    await sink.publish(publicEvent(event), { step: 7, timeMs: 1500 });
    await sink.publishStatistics(new Map([[hotkeyOf(new Uint8Array(32)), NEW_MINER]]));
    await sink.rollOver();
  }
  const [project = ""] = await readdir(directory);
  expect(project).toBe("__philanthropic-thunder");
  const text = await readFile(join(directory, project, "history-000001.jsonl"), "utf8");
  const [heading, line] = text.split("\n").map((one) => (one === "" ? null : JSON.parse(one)));
  expect(heading).toEqual({ _run: run });
  expect(line).toMatchObject({
    _step: 7,
    _timestamp: 1.5,
    task_name: "SetWeights",
    set_weights: [65_535],
  });
  expect(text).not.toContain("secret");
  const stats = JSON.parse(await readFile(join(directory, project, "miner_stats.json"), "utf8"));
  expect(Object.values(stats)).toEqual([expect.objectContaining({ tier: "Bronze" })]);
});

test("total_storage.csv gets a heading and a line each time, in local time", async () => {
  const file = join(directory, "total_storage.csv");
  const time = new Date(2026, 0, 2, 3, 4, 5);
  await appendTotalStorage(file, 12n, time);
  await appendTotalStorage(file, 2n ** 60n, time);
  expect(await readFile(file, "utf8")).toBe(
    "total_storage,timestamp\n12,2026-01-02 03:04:05\n1152921504606846976,2026-01-02 03:04:05\n",
  );
});

describe.skipIf(process.platform !== "linux")("a log that cannot be written", () => {
  /** How many descriptors of this process are open on a device that is always full. */
  async function openOnFull(): Promise<number> {
    const names = await readdir("/proc/self/fd");
    const links = names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => ""));
    return (await Promise.all(links)).filter((link) => link === "/dev/full").length;
  }

  test("leaves nothing open when it is opened in vain", async () => {
    await mkdir(join(directory, "p"));
    await symlink("/dev/full", join(directory, "p", "history.jsonl"));
    const run = { project: "p", entity: "e", notes: "", tags: [] };
    await expect(openFileSink(directory, run)).rejects.toThrow();
    expect(await openOnFull()).toBe(0);
  });

  test("leaves nothing open when its last lines cannot be brought to the disk", async () => {
    await symlink("/dev/full", join(directory, "events.jsonl"));
    const log = await openEventLog(directory);
    expect(await openOnFull()).toBe(1);
    await expect(log[Symbol.asyncDispose]()).rejects.toThrow();
    expect(await openOnFull()).toBe(0);
  });
});
