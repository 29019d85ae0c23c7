import { setTimeout as sleep } from "node:timers/promises";
import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf } from "@neurond/primitives";
import { createLogger, Registry } from "@neurond/runtime";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Body } from "../../src/body/body.ts";
import type { UpstreamFailure } from "../../src/forward/sink.ts";
import { ackLater } from "../../src/parking/async-ack.ts";
import { answerJob } from "../../src/parking/job-answer.ts";
import { readJobId } from "../../src/parking/job-id.ts";
import { readJobPath } from "../../src/parking/job-path.ts";
import { createParkingMetrics } from "../../src/parking/metrics.ts";
import { Parking } from "../../src/parking/parking.ts";
import { preferBackend } from "../../src/parking/prefer-backend.ts";
import { PARKING_DEFAULTS, type ParkingSettings } from "../../src/parking/settings.ts";
import type { StatusStore, StoredJob } from "../../src/parking/status-store.ts";
import { exchangeOf } from "../upstream/exchange.ts";
import { RecordingSink } from "./recording-sink.ts";

const alice = hotkeyOf(keypairFromUri("//Alice").publicKey);
const bob = hotkeyOf(keypairFromUri("//Bob").publicKey);
const log = createLogger("proxy", "fatal");

function park(change: Partial<ParkingSettings> = {}, store: StatusStore | null = null) {
  const clock = { now: Date.now() };
  const metrics = createParkingMetrics(new Registry());
  const settings = { ...PARKING_DEFAULTS, ...change };
  const parking = new Parking(settings, { metrics, log, store, now: () => clock.now });
  return { parking, clock };
}

const bodyOf = (value: unknown): Body => ({
  kind: "memory",
  bytes: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)),
});
const JOB = bodyOf({ job_id: "job-1", prompt: "a cat" });

async function statusOf(parking: Parking, id: string, owner: string = alice) {
  const found = await parking.find(owner, id);
  return found && JSON.parse(answerJob(found, "status").body.toString());
}

async function acknowledged(parking: Parking, body = JOB, hotkey = alice) {
  const client = new RecordingSink();
  const ack = ackLater(exchangeOf({ hotkey }), body, client, parking, 0);
  while (!client.ended) await sleep(1);
  return { client, ack };
}

test("a request without an answer in time is told that it is queued, and its answer is kept", async () => {
  const { parking } = park();
  const { client, ack } = await acknowledged(parking);
  expect([client.status, ack.isParked]).toEqual([202, true]);
  expect(client.json).toEqual({
    status: "queued",
    job_id: "job-1",
    detail: expect.any(String),
    proxy_timeout_seconds: 0,
  });
  expect(await statusOf(parking, "job-1")).toMatchObject({ status: "queued", accepted: false });
  ack.sent();
  expect(await statusOf(parking, "job-1")).toMatchObject({ status: "processing", accepted: true });
  const sink = ack.sink();
  sink.start(200, ["content-type", "image/png"]);
  sink.write(Buffer.from("pixels"));
  sink.end([]);
  expect(await statusOf(parking, "job-1")).toMatchObject({
    status: "completed",
    accepted: true,
    http_status: 200,
    result_url: "/inference/result/job-1",
  });
  const found = await parking.find(alice, "job-1");
  expect(found && answerJob(found, "result")).toEqual({
    status: 200,
    headers: ["content-type", "image/png", "content-length", "6"],
    body: Buffer.from("pixels"),
  });
  expect(client.body).not.toContain("pixels");
});

test("an answer in time goes to the client, and no 202 follows", async () => {
  const { parking } = park();
  const client = new RecordingSink();
  using ack = ackLater(exchangeOf({ hotkey: alice }), JOB, client, parking, 5);
  const sink = ack.sink();
  sink.start(200, []);
  await sleep(20);
  sink.end([]);
  expect([client.status, ack.isParked, parking.working]).toEqual([200, false, 0]);
});

test("who asks for another's job is told nothing", async () => {
  const { parking } = park();
  await acknowledged(parking);
  expect(await statusOf(parking, "job-1", bob)).toBeUndefined();
});

test("a job whose server was not reached failed; one whose server fell silent is unknown", async () => {
  const { parking } = park();
  const outcomes: Record<string, [string, boolean | null]> = {};
  for (const failure of ["unreachable", "timeout", "broken"] satisfies UpstreamFailure[]) {
    const { ack } = await acknowledged(parking, bodyOf({ job_id: failure }));
    if (failure !== "unreachable") ack.sent();
    ack.sink().fail(failure);
    const { status, accepted } = await statusOf(parking, failure);
    outcomes[failure] = [status, accepted];
  }
  expect(outcomes).toEqual({
    unreachable: ["failed", false],
    timeout: ["unknown", true],
    broken: ["unknown", true],
  });
});

test("a job that gets no slot after its 202 is told why when asked for", async () => {
  const { parking } = park();
  const { ack } = await acknowledged(parking);
  const deny = { status: 503, code: "QUEUE_TIMEOUT", detail: "no slot became free" };
  expect(ack.denied(deny)).toBe(true);
  expect(await statusOf(parking, "job-1")).toMatchObject({
    status: "failed",
    accepted: false,
    error: "no slot became free",
  });
  const other = ackLater(exchangeOf(), JOB, new RecordingSink(), parking, 60_000);
  expect(other.denied(deny)).toBe(false);
});

test("when as many are parked as may be, the next client waits for its answer", async () => {
  const { parking } = park({ maxJobs: 1 });
  await acknowledged(parking);
  const client = new RecordingSink();
  const ack = ackLater(exchangeOf(), bodyOf({ job_id: "job-2" }), client, parking, 0);
  await sleep(10);
  expect([client.status, ack.isParked]).toEqual([null, false]);
  ack.sink().start(200, []);
  expect(client.status).toBe(200);
});

test("two jobs of one name are both found: the second by the id of its request", async () => {
  const { parking } = park();
  await acknowledged(parking);
  const exchange = exchangeOf({ hotkey: alice });
  const second = parking.park(exchange, "job-1", null);
  second?.sink.fail("unreachable");
  expect(await statusOf(parking, "job-1")).toMatchObject({ status: "queued" });
  expect(await statusOf(parking, exchange.id)).toMatchObject({ status: "failed" });
});

test("an outcome is forgotten after its time", async () => {
  const { parking, clock } = park({ statusRetentionSec: 60 });
  const { ack } = await acknowledged(parking);
  ack.sink().fail("timeout");
  clock.now += 59_000;
  expect(await statusOf(parking, "job-1")).toBeDefined();
  clock.now += 2_000;
  expect(await statusOf(parking, "job-1")).toBeUndefined();
});

test("an answer too long to keep is read to its end; its status is known, its bytes are gone", async () => {
  const { parking } = park({ maxResultBytes: 10 });
  const { ack } = await acknowledged(parking);
  const sink = ack.sink();
  sink.start(200, []);
  for (let n = 0; n < 5; n += 1) expect(sink.write(Buffer.alloc(5))).toBe(true);
  sink.end([]);
  const found = await parking.find(alice, "job-1");
  expect(found?.job.outcome).toMatchObject({ status: 200, sizeBytes: 25 });
  expect(found && answerJob(found, "result").status).toBe(410);
});

test("kept answers never exceed their bound: the oldest go first, those at work are cut last", () => {
  const job = fc.record({
    chunks: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 6 }),
    breaks: fc.boolean(),
  });
  const metrics = createParkingMetrics(new Registry());
  fc.assert(
    fc.asyncProperty(fc.array(job, { maxLength: 20 }), async (jobs) => {
      const settings = { ...PARKING_DEFAULTS, maxResultBytes: 100, maxTotalBytes: 150 };
      const parking = new Parking(settings, { metrics, log, store: null });
      let last: { id: string; size: number } | undefined;
      for (const [n, { chunks, breaks }] of jobs.entries()) {
        const parked = parking.park(exchangeOf({ hotkey: alice }), `job-${n}`, null);
        parked?.sink.start(200, []);
        for (const size of chunks) parked?.sink.write(Buffer.alloc(size));
        if (breaks) parked?.sink.fail("broken");
        else parked?.sink.end([]);
        const size = chunks.reduce((sum, chunk) => sum + chunk, 0);
        if (!breaks && size <= 100) last = { id: `job-${n}`, size };
        const { values } = await metrics.bytes.get();
        expect(values[0]?.value).toBeGreaterThanOrEqual(0);
        expect(values[0]?.value).toBeLessThanOrEqual(150);
      }
      if (last === undefined) return;
      const found = await parking.find(alice, last.id);
      expect(found?.body === null || found?.body?.length === last.size).toBe(true);
    }),
  );
});

test("the id of a job is the text its JSON body names, and nothing else is believed", async () => {
  expect(await readJobId(JOB)).toBe("job-1");
  for (const value of [
    {},
    [],
    null,
    { job_id: 7 },
    { job_id: "" },
    "{broken",
    { job_id: "x".repeat(201) },
  ])
    expect(await readJobId(bodyOf(value))).toBeNull();
  const long = JSON.stringify({ job_id: "job-1", image: "x".repeat(5 << 20) });
  expect(await readJobId(bodyOf(long))).toBeNull();
  expect(await readJobId({ kind: "none" })).toBeNull();
});

test("the path of a job says what is asked and of which", () => {
  expect(readJobPath("/inference/status/job-1")).toEqual({ asks: "status", id: "job-1" });
  expect(readJobPath("/edit/result/a%2Fb%20c")).toEqual({ asks: "result", id: "a/b c" });
  for (const path of ["/status", "/inference/status/", "/inference/status/a/b", "/x/status/%zz"])
    expect(readJobPath(path)).toBeNull();
});

const OURS = { status: 200, headers: ["x-from", "proxy"], body: Buffer.from("ours") };

test("what the backend says about a job goes before what the proxy knows", async () => {
  const client = new RecordingSink();
  const sink = preferBackend(client, async () => OURS);
  sink.start(200, ["x-from", "backend"]);
  sink.write(Buffer.from("theirs"));
  sink.end([]);
  expect([client.status, client.body, client.ended]).toEqual([200, "theirs", true]);
});

test("where the backend knows of no job, or is gone, the proxy answers what it knows", async () => {
  for (const status of [404, 405, null]) {
    const client = new RecordingSink();
    const sink = preferBackend(client, async () => OURS);
    if (status === null) sink.fail("unreachable");
    else {
      sink.start(status, []);
      sink.write(Buffer.from("not found"));
      sink.end([]);
    }
    await sleep(1);
    expect([client.status, client.headers, client.body]).toEqual([
      200,
      ["x-from", "proxy"],
      "ours",
    ]);
  }
});

test("where nobody knows of the job the backend's word stands", async () => {
  const [client, other] = [new RecordingSink(), new RecordingSink()];
  const sink = preferBackend(client, async () => undefined);
  sink.start(404, ["content-type", "application/json"]);
  sink.write(Buffer.from('{"detail":"no such job"}'));
  sink.end([]);
  preferBackend(other, async () => undefined).fail("unreachable");
  await sleep(1);
  expect([client.status, client.json, client.ended]).toEqual([
    404,
    { detail: "no such job" },
    true,
  ]);
  expect(other.failure).toBe("unreachable");
});

test("a failing store costs no answer", async () => {
  const store: StatusStore = {
    save: () => Promise.reject(new Error("disk full")),
    find: () => Promise.resolve(undefined),
  };
  const { parking } = park({}, store);
  const { ack } = await acknowledged(parking);
  ack.sink().fail("unreachable");
  await parking.handOver();
  expect(await statusOf(parking, "job-1")).toMatchObject({ status: "failed" });
});

test("the last thing known of a job is what stays in the store, however slow its writes are", async () => {
  const kept = new Map<string, StoredJob>();
  let writes = 0;
  const store: StatusStore = {
    async save(stored) {
      writes += 1;
      await sleep(writes === 1 ? 20 : 0);
      kept.set(stored.job.id, stored);
    },
    find: async (_, id) => kept.get(id),
  };
  const { parking } = park({}, store);
  const { ack } = await acknowledged(parking);
  ack.sink().fail("unreachable");
  await parking.handOver();
  expect(kept.get("job-1")?.job.outcome).toEqual({ kind: "failed", failure: "unreachable" });
});
