import { existsSync, readFileSync } from "node:fs";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { hotkeyOf } from "@neurond/primitives";
import { Secret } from "@neurond/runtime";
import { EVENT_LEVEL, NEW_MINER, publicEvent, type TaskEvent } from "@neurond/storage-rules";
import {
  type FileSink,
  openFileSink,
  WandbApi,
  type WandbNews,
  WandbOutbox,
} from "@neurond/storage-rules/io";
import { type ReceivedRun, WandbReceiver } from "@neurond/testing/wandb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const KEY = "0123456789abcdef0123456789abcdef01234567";
const RUN = { project: "trial", entity: "team", notes: "by hand", tags: ["5H", "netuid_21"] };
const TASK: TaskEvent = {
  level: EVENT_LEVEL,
  time: 1,
  task_name: "Monitor",
  block: 5,
  uids: [1],
  hotkeys: ["5H"],
  successful: [true],
  completion_times: [0.25],
  task_status_messages: ["a secret place"],
  task_status_codes: [200],
  bytes: [0],
  tiers: [""],
  timeout: 1,
  step_length: 1,
  best_uid: null,
  best_hotkey: null,
  rewards: [0],
};

let directory: string;
let receiver: WandbReceiver;
let news: WandbNews[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "wandb-"));
  receiver = await WandbReceiver.start(KEY);
  news = [];
});
afterEach(async () => {
  expect(receiver.faults).toEqual([]);
  await receiver[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const openSink = (forWandb = true) => openFileSink(directory, RUN, { forWandb });

async function publish(sink: FileSink, blocks: readonly number[]): Promise<void> {
  for (const block of blocks) {
    await sink.publish(publicEvent({ ...TASK, block }), { step: 7, timeMs: 1000 * block });
  }
}

/** A daemon's outbox, until `until` holds of what has arrived and was told. */
async function send(
  sink: FileSink,
  until: () => boolean,
  { key = KEY, entity = RUN.entity, timeoutMs = 2_000, heartbeatMs = 60_000 } = {},
): Promise<void> {
  const outbox = await WandbOutbox.open({
    directory: sink.directory,
    entity,
    api: new WandbApi({ baseUrl: receiver.url, apiKey: new Secret(key), timeoutMs }),
    files: {
      "miner_stats.json": join(sink.directory, "miner_stats.json"),
      "total_storage.csv": join(directory, "total_storage.csv"),
    },
    tell: (told) => news.push(told),
    ...{ pollMs: 5, firstDelayMs: 1, heartbeatMs },
  });
  const stop = new AbortController();
  const followed = outbox.follow(stop.signal);
  await expect.poll(until, { interval: 5, timeout: 10_000 }).toBe(true);
  stop.abort();
  await followed;
}

const runs = (): readonly ReceivedRun[] => [...receiver.runs.values()];
const blocksOf = (run: ReceivedRun | undefined) => run?.history.map(({ block }) => block);
const hasRows = (count: number) => () =>
  runs().reduce((sum, { history }) => sum + history.length, 0) === count;
/** Rows of a run have arrived and that is written down: before, the end of a daemon sends them again. */
const hasKept = (sink: FileSink, rows: number) => () => {
  const note = join(sink.directory, "wandb.json");
  return existsSync(note) && readFileSync(note, "utf8").includes(`"rows":${rows}`);
};
const kinds = () => news.map(({ kind }) => kind);

describe("events on their way to wandb", () => {
  test("arrive as rows of a run that says whose it is, and is complete when the daemon ends", async () => {
    await using sink = await openSink();
    await publish(sink, [5, 6]);
    await send(sink, hasRows(2));
    const [run] = runs();
    expect(run?.about).toMatchObject({ ...RUN, name: expect.stringMatching(/^[a-z0-9]{8}$/) });
    expect(run?.history).toMatchObject([
      { _step: 0, _timestamp: 5, _runtime: 0, step: 7, task_name: "Monitor", block: 5 },
      { _step: 1, _timestamp: 6, _runtime: 1, step: 7, task_name: "Monitor", block: 6 },
    ]);
    expect(run?.summary).toMatchObject({ block: 6, _step: 1, _wandb: { runtime: 1 } });
    expect(run?.isComplete).toBe(true);
    expect(JSON.stringify(receiver.seen)).not.toContain("secret");
    expect(news).toEqual([]);
  });

  test("begin a new run where the sink does, in order, each with an end", async () => {
    await using sink = await openSink();
    await publish(sink, [1, 2]);
    await sink.rollOver();
    await publish(sink, [3]);
    await sink.rollOver();
    await send(sink, hasRows(3));
    expect(runs().map(blocksOf)).toEqual([[1, 2], [3]]);
    expect(runs().map(({ isComplete }) => isComplete)).toEqual([true, true]);
  });

  test("carry the files of a run, and those files are whole", async () => {
    await using sink = await openSink();
    await writeFile(join(directory, "total_storage.csv"), "total_storage,timestamp\n");
    await publish(sink, [1]);
    await sink.publishStatistics(new Map([[hotkeyOf(new Uint8Array(32)), NEW_MINER]]));
    await send(sink, () => runs()[0]?.uploaded.size === 2);
    const [run] = runs();
    expect([...(run?.files.keys() ?? [])]).toEqual(["miner_stats.json", "total_storage.csv"]);
    expect(JSON.parse(run?.files.get("miner_stats.json") ?? "")).not.toEqual({});
    expect(run?.history).toHaveLength(1);
  });

  test("stay on this machine when they were written offline, whatever is set later", async () => {
    {
      await using sink = await openSink(false);
      await publish(sink, [1, 2]);
    }
    await using sink = await openSink();
    await publish(sink, [3]);
    await send(sink, hasRows(1));
    expect(runs().map(blocksOf)).toEqual([[3]]);
  });

  test("say between events that the run goes on", async () => {
    await using sink = await openSink();
    await publish(sink, [1]);
    await send(sink, () => (runs()[0]?.beats ?? 0) >= 2, { heartbeatMs: 5 });
    expect(blocksOf(runs()[0])).toEqual([1]);
  });

  test.each([500, "portal", "break", "lost", "hang"] as const)(
    "survive %s at each of their requests, once each, and it is told once",
    async (fault) => {
      await using sink = await openSink();
      await writeFile(join(directory, "total_storage.csv"), "total_storage,timestamp\n");
      await publish(sink, [1, 2]);
      await sink.publishStatistics(new Map([[hotkeyOf(new Uint8Array(32)), NEW_MINER]]));
      const [begin, places, rows] = [[fault], [null, fault], [null, null, null, fault]];
      receiver.next.push(...begin, ...places, ...rows);
      const isThere = () => hasRows(2)() && runs()[0]?.uploaded.size === 2;
      await send(sink, () => isThere() && kinds().includes("again"), { timeoutMs: 100 });
      expect(receiver.next).toEqual([]);
      expect(blocksOf(runs()[0])).toEqual([1, 2]);
      expect(runs()).toHaveLength(1);
      expect(kinds()).toEqual(["waiting", "again"]);
    },
  );

  test.each([500, 403, "break", "hang"] as const)(
    "do not wait for a file that meets %s where it is put; the next one takes its place",
    async (fault) => {
      await using sink = await openSink();
      await publish(sink, [1]);
      await sink.publishStatistics(new Map());
      receiver.next.push(null, null, fault);
      await send(sink, hasKept(sink, 1), { timeoutMs: 100 });
      expect(kinds()).toEqual(["skipped"]);
      expect(runs()[0]?.uploaded.size).toBe(0);
      await sink.rollOver();
      await publish(sink, [2]);
      await sink.publishStatistics(new Map());
      await send(sink, () => runs()[1]?.uploaded.size === 1);
    },
  );

  test("wait as long as a busy server asks for", async () => {
    await using sink = await openSink();
    await publish(sink, [1]);
    receiver.next.push(429);
    const begin = performance.now();
    await send(sink, hasRows(1));
    expect(performance.now() - begin).toBeGreaterThan(990);
  });

  test("wait in the file while nobody listens, through restarts, and then arrive once", async () => {
    const { port } = receiver;
    await receiver[Symbol.asyncDispose]();
    for (const block of [1, 2]) {
      await using sink = await openSink();
      await publish(sink, [block]);
      await send(sink, () => kinds().includes("waiting"));
    }
    receiver = await WandbReceiver.start(KEY, port);
    await using sink = await openSink();
    await publish(sink, [3]);
    await send(sink, hasRows(3));
    expect(runs().map(blocksOf)).toEqual([[1], [2], [3]]);
  });

  test("take their own places again when the note of what was sent is lost or torn", async () => {
    for (const note of [null, '{"version":1,"pla']) {
      await using sink = await openSink();
      await publish(sink, [1, 2]);
      await send(sink, () => runs().at(-1)?.history.length === 2);
      const path = join(sink.directory, "wandb.json");
      await (note === null ? rm(path) : writeFile(path, note));
    }
    await using sink = await openSink();
    await publish(sink, [3]);
    await send(sink, hasRows(5));
    expect(runs().map(blocksOf)).toEqual([[1, 2], [1, 2], [3]]);
  });

  test("are sent no more when the key is refused, which is told once and without the key", async () => {
    await using sink = await openSink();
    await publish(sink, [1]);
    receiver.next.push(401);
    await send(sink, () => kinds().includes("stopped"));
    await publish(sink, [2]);
    expect(receiver.seen).toHaveLength(1);
    const [told] = news;
    const error = told?.kind === "stopped" ? told.error : null;
    expect(error).toMatchObject({
      code: "WANDB_KEY_REFUSED",
      message: expect.stringMatching(/401.*WANDB_API_KEY/),
    });
    expect(inspect(error, { depth: 9 })).not.toContain(KEY);
    expect(inspect(error, { depth: 9 })).not.toContain(
      Buffer.from(`api:${KEY}`).toString("base64"),
    );
    const text = await readFile(join(sink.directory, "history.jsonl"), "utf8");
    expect(text.trim().split("\n")).toHaveLength(3);
  });

  test("are sent by the next start after a refused key, and nothing is missing", async () => {
    await using sink = await openSink();
    await publish(sink, [1]);
    await send(sink, () => kinds().includes("stopped"), { key: "f".repeat(40) });
    await publish(sink, [2]);
    await send(sink, hasRows(2));
    expect(runs().map(blocksOf)).toEqual([[1, 2]]);
  });

  test("go to another entity once that is named, and rows that one refused are not lost", async () => {
    await using sink = await openSink();
    await publish(sink, [1]);
    receiver.next.push(403);
    await send(sink, () => kinds().includes("stopped"));
    await publish(sink, [2]);
    await send(sink, hasRows(2), { entity: "mine" });
    expect(runs().map(({ about }) => about["entity"])).toEqual(["mine"]);
  });

  test("leave out the rest of a run at an entity that is another one's now", async () => {
    await using sink = await openSink();
    await publish(sink, [1]);
    // The end of the run does not arrive, as when the daemon is killed.
    receiver.next.push(null, null, 500);
    await send(sink, hasKept(sink, 1));
    await publish(sink, [2]);
    receiver.next.push(403);
    await sink.rollOver();
    await publish(sink, [3]);
    await send(sink, hasRows(2), { entity: "mine" });
    expect(runs().map(blocksOf)).toEqual([[1], [3]]);
  });

  test("leave out a run that wandb does not take, and go on with the next", async () => {
    await using sink = await openSink();
    await publish(sink, [1]);
    await sink.rollOver();
    await publish(sink, [2]);
    receiver.next.push(404);
    await send(sink, hasRows(1));
    expect(runs().map(blocksOf)).toEqual([[2]]);
    expect(kinds()).toEqual(["skipped"]);
  });

  test("are passed over where a power cut left something else in a line", async () => {
    await using sink = await openSink();
    await publish(sink, [1]);
    await appendFile(join(sink.directory, "history.jsonl"), '\0\0\0\n{"_step":"x"}\n[]\n');
    await publish(sink, [2]);
    await send(sink, hasRows(2));
    expect(runs().map(blocksOf)).toEqual([[1, 2]]);
  });

  test("that were deleted before they could be sent are told of, and later runs are whole", async () => {
    {
      await using sink = await openSink();
      await publish(sink, [1]);
      await send(sink, hasRows(1));
    }
    await using sink = await openSink();
    for (let block = 2; block < 15; block += 1) {
      await publish(sink, [block]);
      await sink.rollOver();
    }
    await send(sink, hasRows(11));
    expect(kinds()).toEqual(["gap"]);
    expect(runs().map(blocksOf)).toEqual([
      [1],
      ...[5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((at) => [at]),
    ]);
  });

  test("behind deleted ones are of no run until the next begins", async () => {
    {
      await using sink = await openSink();
      await publish(sink, [1]);
      receiver.next.push(null, null, 500);
      await send(sink, hasKept(sink, 1));
      const row = JSON.stringify({ _step: 7, _timestamp: 2, block: 2 });
      await writeFile(join(sink.directory, "history-000005.jsonl"), `${row}\n`);
    }
    await using sink = await openSink();
    await publish(sink, [3]);
    await send(sink, hasRows(2));
    expect(kinds()).toEqual(["gap"]);
    expect(runs().map(blocksOf)).toEqual([[1], [3]]);
  });

  test("in great number are sent in parts, each row in its place", async () => {
    await using sink = await openSink();
    const blocks = Array.from({ length: 1_203 }, (_, at) => at);
    await publish(sink, blocks);
    receiver.next.push(null, null, "lost");
    await send(sink, hasRows(1_203));
    expect(blocksOf(runs()[0])).toEqual(blocks);
  });
});
