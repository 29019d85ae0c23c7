import { Log } from "@neurond/ledger";
import { isCoded, toRunId } from "@neurond/primitives";
import { testDatabase } from "@neurond/testing";
import { CONTAINED, failed, passed, unknown } from "@neurond/workload";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { logStorageContract } from "../../ledger/test/log-storage-contract.ts";
import { observation } from "../../ledger/test/samples.ts";
import { type Database, PostgresLog } from "../src/index.ts";

let database: Database;
let opened = 0;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const openLog = () => {
  opened += 1;
  return PostgresLog.open(database.kysely, `log-${opened}`);
};

describe("PostgresLog keeps the contract of a log's storage", () => logStorageContract(openLog));

describe("PostgresLog", () => {
  test("opens one log per name, and mixes none", async () => {
    const one = await openLog();
    const other = await openLog();
    await new Log(one).append([observation({ slot: 1 })]);
    expect(await other.size()).toBe(0);
    const again = await PostgresLog.open(database.kysely, `log-${opened - 1}`);
    expect(again.id).toBe(one.id);
    expect(await again.size()).toBe(1);
  });

  test("lets one of many writers at the same place win", async () => {
    const storage = await openLog();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, slot) => new Log(storage).append([observation({ slot })])),
    );
    const won = outcomes.filter(({ status }) => status === "fulfilled");
    const lost = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [outcome.reason] : [],
    );
    expect(lost.every((error) => isCoded(error, "LOG_CONFLICT"))).toBe(true);
    expect(await storage.size()).toBe(won.length);
    expect(won.length).toBeGreaterThan(0);
  });

  test("pages through the entries of a run", async () => {
    const storage = await openLog();
    const runs = ["run-1", "run-2", "run-1", "run-2", "run-1"].map(toRunId);
    await new Log(storage).append(runs.map((run_id, slot) => observation({ run_id, slot })));
    const page = await storage.readRun("run-1", 1, 2);
    expect(page.map(({ index }) => index)).toEqual([2, 4]);
    expect(page.map(({ text }) => text)).toEqual([
      ...(await storage.read(2, 3)),
      ...(await storage.read(4, 5)),
    ]);
  });

  test("says which subtree it does not have", async () => {
    const storage = await openLog();
    await new Log(storage).append([observation({ slot: 0 })]);
    const missing = storage.readNodes([
      { level: 0, index: 0 },
      { level: 3, index: 0 },
    ]);
    await expect(missing).rejects.toMatchObject({ code: "MERKLE_NODE_MISSING" });
  });

  test("refuses a text that is no entry", async () => {
    const storage = await openLog();
    const stored = [{ text: "{}", leafHash: new Uint8Array(32) }];
    await expect(storage.append(0, stored, [])).rejects.toMatchObject({
      code: "LOG_ENTRY_UNREADABLE",
    });
  });
});

describe("the record of a task", () => {
  const runId = toRunId("run-7");
  const at = (slot: number, outcome = passed()) => observation({ run_id: runId, slot, outcome });
  const tasks = async (storage: PostgresLog) => {
    const { workload } = at(0);
    const recorded = await database.kysely
      .selectFrom("observations")
      .select(["slot", "outcome", "settled"])
      .where("log_id", "=", storage.id)
      .where("run_id", "=", runId)
      .where("workload", "=", workload)
      .orderBy("entry_index")
      .execute();
    return recorded.map(({ slot, outcome, settled }) => [slot, outcome, settled]);
  };

  test("is refused a second time once it is settled, together with its whole append", async () => {
    const storage = await openLog();
    const log = new Log(storage);
    await log.append([at(1), at(2, failed("SHARD_ROOT"))]);
    const before = await log.head();
    for (const again of [at(1), at(2), at(1, CONTAINED)]) {
      await expect(log.append([at(9), again])).rejects.toMatchObject({
        code: "OBSERVATION_REPEATED",
      });
    }
    await expect(log.append([at(3), at(3)])).rejects.toMatchObject({
      code: "OBSERVATION_REPEATED",
    });
    expect(await log.head()).toEqual(before);
    expect(await tasks(storage)).toEqual([
      [1, "passed", true],
      [2, "failed", true],
    ]);
  });

  test("is replaced while the task is still owed an answer", async () => {
    const storage = await openLog();
    const log = new Log(storage);
    await log.append([at(1, CONTAINED), at(2, unknown("BEACON_MISSING"))]);
    expect(await tasks(storage)).toEqual([
      [1, "contained", false],
      [2, "unknown", false],
    ]);
    await log.append([at(1, CONTAINED), at(2), at(1)]);
    expect(await tasks(storage)).toEqual([
      [2, "passed", true],
      [1, "passed", true],
    ]);
    expect(await storage.size()).toBe(5);
  });
});
