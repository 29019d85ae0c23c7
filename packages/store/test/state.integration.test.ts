import { createHash } from "node:crypto";
import { toFamilyId } from "@neurond/ledger";
import { toBlockNumber, toHex, toMecid, toRunId, toUid } from "@neurond/primitives";
import { ManualClock, testDatabase } from "@neurond/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aliceHotkey, bobHotkey } from "../../ledger/test/samples.ts";
import {
  Bodies,
  type Database,
  Evidence,
  PeerReports,
  SeenCommitments,
  WeightsHistory,
} from "../src/index.ts";

let database: Database;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const runId = toRunId("run-7");
const familyId = toFamilyId("general_chat");

describe("bodies", () => {
  const bytes = Uint8Array.from({ length: 5_000 }, (_, at) => at % 256);
  const hash = createHash("sha256").update(bytes).digest("hex");

  test("come back as they were, until the later of their times is over", async () => {
    const bodies = new Bodies(database.kysely);
    await bodies.put(new Map([[hash, bytes]]), 2_000);
    await bodies.put(new Map([[hash, bytes]]), 1_000);
    await bodies.put(new Map(), 1_000);
    const absent = "0".repeat(64);
    expect(await bodies.get([hash, absent])).toEqual(new Map([[hash, bytes]]));
    expect(await bodies.get([])).toEqual(new Map());
    expect(await bodies.forgetExpired(1_999)).toBe(0);
    expect(await bodies.forgetExpired(2_000)).toBe(1);
    expect(await bodies.get([hash])).toEqual(new Map());
  });

  test("are forgotten a page at a time, the oldest first", async () => {
    const bodies = new Bodies(database.kysely);
    const many = [1, 2, 3].map((value) => {
      const body = Uint8Array.of(value);
      return [createHash("sha256").update(body).digest("hex"), body] as const;
    });
    for (const [at, entry] of many.entries()) await bodies.put(new Map([entry]), at);
    expect(await bodies.forgetExpired(10, 2)).toBe(2);
    expect([...(await bodies.get(many.map(([name]) => name))).keys()]).toEqual([many[2]?.[0]]);
  });
});

describe("reports of peers", () => {
  const report = { runId, familyId, validator: aliceHotkey, hash: "aa", text: "one" };

  test("are kept once each, and a second of the same run is told from the first", async () => {
    const reports = new PeerReports(database.kysely);
    expect(await reports.save(report)).toBe("first");
    expect(await reports.save({ ...report, text: "same scores, later" })).toBe("known");
    expect(await reports.save({ ...report, hash: "bb", text: "two" })).toBe("contradiction");
    expect(await reports.save({ ...report, validator: bobHotkey })).toBe("first");
    const found = await reports.of(runId, familyId);
    expect(found.map(({ validator, text }) => [validator, text])).toEqual(
      [
        [aliceHotkey, "one"],
        [aliceHotkey, "two"],
        [bobHotkey, "one"],
      ].sort(([a = ""], [b = ""]) => (a < b ? -1 : a > b ? 1 : 0)),
    );
    expect(await reports.of(toRunId("run-8"), familyId)).toEqual([]);
  });

  test("that contradict each other and arrive at once are never both the first", async () => {
    const reports = new PeerReports(database.kysely);
    const run = toRunId("run-at-once");
    const arrivals = await Promise.all(
      Array.from({ length: 6 }, (_, at) =>
        reports.save({ ...report, runId: run, hash: `h${at}`, text: `${at}` }),
      ),
    );
    expect(arrivals.filter((arrival) => arrival === "first").length).toBeLessThan(2);
    expect(await reports.of(run, familyId)).toHaveLength(6);
  });
});

test("commitments are kept in the order of the chain, with how far the search came", async () => {
  const seen = new SeenCommitments(database.kysely);
  expect(await seen.scannedTo()).toBeNull();
  const at = (block: number, extrinsicIndex: number, hotkey = aliceHotkey) => ({
    hotkey,
    block: toBlockNumber(block),
    extrinsicIndex,
    blockHash: "0x01",
    runId,
    fields: ["eirel/scores/v1:run-7:00", "ü"],
  });
  await seen.save([at(12, 3), at(12, 1, bobHotkey)], toBlockNumber(12));
  await seen.save([at(12, 3), at(11, 9), { ...at(13, 0), runId: null }], toBlockNumber(13));
  await seen.save([], toBlockNumber(14));
  expect(await seen.scannedTo()).toBe(14);
  expect(await seen.ofRun(runId)).toEqual([at(11, 9), at(12, 1, bobHotkey), at(12, 3)]);
});

test("evidence is kept once, and read in the order of arrival", async () => {
  const clock = new ManualClock();
  const evidence = new Evidence(database.kysely, clock.now);
  const of = (text: string) => ({ kind: "double_report", validator: aliceHotkey, runId, text });
  expect(await evidence.save(of("one"))).toBe(true);
  expect(await evidence.save(of("one"))).toBe(false);
  expect(await evidence.save({ ...of("two"), runId: toRunId("run-8") })).toBe(true);
  const [first, second] = await evidence.after(0, 10);
  expect(first).toMatchObject({ ...of("one"), observedMs: clock.now() });
  expect(await evidence.after(first?.serial ?? 0, 10)).toEqual([second]);
  expect(await evidence.after(0, 1)).toEqual([first]);
  expect(await evidence.ofRun(runId)).toEqual([first]);
});

describe("the history of weights", () => {
  const mecid = toMecid(0);
  const vector = [
    { uid: toUid(2), value: 65_535 },
    { uid: toUid(5), value: 1 },
  ];

  test("tells after a restart what may be out", async () => {
    const clock = new ManualClock();
    const history = new WeightsHistory(database.kysely, clock.now);
    expect(await history.latest(mecid)).toBeNull();
    expect(await history.intend({ runId, mecid }, "timelock", vector)).toBe(1);
    expect(await history.latest(mecid)).toMatchObject({ attempt: 1, state: "intended", vector });
    await history.settle({ runId, mecid, attempt: 1 }, { state: "rejected", detail: "TooFast" });
    clock.advance(1);
    expect(await history.intend({ runId, mecid }, "plain", [])).toBe(2);
    const block = toBlockNumber(99);
    const extrinsicHash = toHex(Uint8Array.of(1));
    await history.settle({ runId, mecid, attempt: 2 }, { state: "included", block, extrinsicHash });
    await history.settle({ runId, mecid, attempt: 2 }, { state: "confirmed" });
    expect(await history.latest(mecid)).toEqual({
      runId,
      mecid,
      attempt: 2,
      mode: "plain",
      vector: [],
      state: "confirmed",
      block,
      extrinsicHash,
      detail: null,
      intendedMs: clock.now(),
    });
    const attempts = await history.ofRun(runId, mecid);
    expect(attempts.map(({ state, detail }) => [state, detail])).toEqual([
      ["rejected", "TooFast"],
      ["confirmed", null],
    ]);
  });

  test("counts attempts for each mechanism and run", async () => {
    const history = new WeightsHistory(database.kysely);
    const other = { runId, mecid: toMecid(1) };
    expect(await history.intend(other, "commit", vector)).toBe(1);
    expect(await history.intend({ ...other, runId: toRunId("run-8") }, "commit", vector)).toBe(1);
    expect(await history.ofRun(runId, other.mecid)).toHaveLength(1);
  });
});
