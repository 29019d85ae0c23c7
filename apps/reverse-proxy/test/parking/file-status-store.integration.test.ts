import { mkdtemp, readdir, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger, Registry } from "@neurond/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFileStatusStore } from "../../src/parking/file-status-store.ts";
import type { ParkedJob } from "../../src/parking/job.ts";
import { answerJob } from "../../src/parking/job-answer.ts";
import { createParkingMetrics } from "../../src/parking/metrics.ts";
import { Parking } from "../../src/parking/parking.ts";
import { PARKING_DEFAULTS } from "../../src/parking/settings.ts";
import type { StatusStore } from "../../src/parking/status-store.ts";
import { exchangeOf } from "../upstream/exchange.ts";

const log = createLogger("proxy", "fatal");
let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "neurond-parking-"));
});
afterEach(() => rm(directory, { recursive: true }));

const open = (maxBytes = 1 << 20) => openFileStatusStore({ directory, maxBytes });
const parkingOn = (store: StatusStore) =>
  new Parking(PARKING_DEFAULTS, { metrics: createParkingMetrics(new Registry()), log, store });

const jobOf = (id: string): ParkedJob => ({
  owner: "127.0.0.1",
  id,
  requestId: `request-${id}`,
  path: "/inference",
  queuedAtMs: 1,
  sentAtMs: 2,
  endedAtMs: 3,
  outcome: { kind: "answered", status: 200, headers: ["x-a", "1"], sizeBytes: 4 },
});
const later = () => Date.now() + 60_000;

test("after a restart what ended is known whole, and what was at work is known to be unknown", async () => {
  const before = parkingOn(await open());
  const done = before.park(exchangeOf(), "done", 5);
  done?.sink.start(200, ["content-type", "text/plain"]);
  done?.sink.write(Buffer.from("whole"));
  done?.sink.end([]);
  before.park(exchangeOf(), "working", 5);
  await before.handOver();

  const after = parkingOn(await open());
  const [ended, working] = [
    await after.find("127.0.0.1", "done"),
    await after.find("127.0.0.1", "working"),
  ];
  expect(ended && answerJob(ended, "result").body.toString()).toBe("whole");
  const status = working && JSON.parse(answerJob(working, "status").body.toString());
  expect(status).toMatchObject({ job_id: "working", status: "unknown", accepted: null });
  expect(await after.find("10.0.0.1", "done")).toBeUndefined();
});

test("a job is known from the moment of its 202, even to a proxy killed right after", async () => {
  const store = await open();
  parkingOn(store).park(exchangeOf(), "job-1", 5);
  const seen = async () => (await open()).find("127.0.0.1", "job-1");
  const deadline = Date.now() + 5_000;
  while ((await seen()) === undefined && Date.now() < deadline);
  expect((await seen())?.job).toMatchObject({ id: "job-1", outcome: null });
});

test("a body that was cut off is not given out for the whole", async () => {
  const store = await open();
  await store.save({ job: jobOf("a"), body: Buffer.from("body"), forgottenAtMs: later() });
  const name = (await readdir(directory)).find((file) => file.endsWith(".body")) ?? "";
  await truncate(join(directory, name), 2);
  expect(await (await open()).find("127.0.0.1", "a")).toMatchObject({ body: null });
});

test("damaged files and half-written ones are cleared away and hide nothing else", async () => {
  const store = await open();
  await store.save({ job: jobOf("a"), body: Buffer.from("body"), forgottenAtMs: later() });
  await writeFile(join(directory, `${"0".repeat(64)}.json`), '{"v":1,"job":{');
  await writeFile(join(directory, `${"1".repeat(64)}.body`), "orphan");
  await writeFile(join(directory, "x.part"), "half");
  await writeFile(join(directory, "young.part"), "being written");
  const hoursAgo = new Date(Date.now() - 7_200_000);
  for (const name of [`${"1".repeat(64)}.body`, "x.part"])
    await utimes(join(directory, name), hoursAgo, hoursAgo);
  const again = await open();
  expect(await again.find("127.0.0.1", "a")).toMatchObject({ body: Buffer.from("body") });
  expect(await readdir(directory)).toHaveLength(3);
});

test("no more is kept than allowed, and nothing after its time", async () => {
  const store = await open(2_000);
  for (const id of ["a", "b", "c"])
    await store.save({ job: jobOf(id), body: Buffer.alloc(600), forgottenAtMs: later() });
  expect(await store.find("127.0.0.1", "a")).toBeUndefined();
  expect(await store.find("127.0.0.1", "c")).toBeDefined();
  await store.save({ job: jobOf("old"), body: null, forgottenAtMs: Date.now() - 1 });
  expect(await store.find("127.0.0.1", "old")).toBeUndefined();
});
