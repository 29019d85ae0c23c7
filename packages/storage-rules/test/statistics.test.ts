import {
  countPing,
  NEW_MINER,
  restartCounters,
  statisticsFromFields,
  statisticsToFields,
  updateStatistics,
} from "@neurond/storage-rules";
import { describe, expect, test } from "vitest";

describe("counting", () => {
  test("makes a miner nobody knew, in Bronze with 1 TiB", () => {
    expect(updateStatistics(undefined, "monitor", false)).toEqual(NEW_MINER);
    expect(NEW_MINER).toMatchObject({ tier: "Bronze", storageLimit: 1_099_511_627_776n });
  });

  test("adds an attempt, a success and a success of its life", () => {
    const once = updateStatistics(undefined, "store", true);
    const twice = updateStatistics(once, "store", false);
    expect(twice.counters).toEqual({
      ...NEW_MINER.counters,
      store: { attempts: 2, successes: 1 },
    });
    expect(twice.totalSuccesses).toBe(1);
    expect(restartCounters(twice)).toMatchObject({
      counters: NEW_MINER.counters,
      totalSuccesses: 1,
    });
  });

  test("touches nothing for a ping", () => {
    const known = updateStatistics(undefined, "challenge", true);
    expect(updateStatistics(known, "monitor", true)).toBe(known);
    expect(updateStatistics(known, "monitor", false)).toBe(known);
  });
});

describe("fields in Redis", () => {
  test("hold everything", () => {
    const known = updateStatistics(updateStatistics(undefined, "store", true), "retrieve", false);
    expect(statisticsToFields(known)).toEqual({
      store_attempts: "1",
      store_successes: "1",
      challenge_attempts: "0",
      challenge_successes: "0",
      retrieve_attempts: "1",
      retrieve_successes: "0",
      total_successes: "1",
      tier: "Bronze",
      storage_limit: "1099511627776",
    });
    expect(statisticsFromFields(statisticsToFields(known))).toEqual(known);
  });

  test("of the first release are understood: another spelling, and no total", () => {
    const read = statisticsFromFields({
      store_attempts: "5",
      store_successes: "4",
      retrieval_attempts: "3",
      retrieval_successes: "2",
      tier: "Silver",
      storage_limit: "10",
    });
    expect(read).toMatchObject({ totalSuccesses: 6, tier: "Silver", storageLimit: 10n });
    expect(read.counters.retrieve).toEqual({ attempts: 3, successes: 2 });
  });

  test.each([
    { store_attempts: "1", store_successes: "2" },
    { store_attempts: "-1" },
    { store_attempts: "1e3" },
    { total_successes: "9007199254740993" },
    { storage_limit: "1.5" },
  ])("that cannot be are refused: %o", (fields: Record<string, string>) => {
    expect(() => statisticsFromFields(fields)).toThrow(/do not hold/);
  });
});

test("a miner is down after one failure too many in a row, and an answer clears them", () => {
  let failures = 0;
  const ping = (isAnswered: boolean) => {
    const outcome = countPing(failures, isAnswered);
    failures = outcome.failures;
    return outcome.isDown;
  };
  for (let at = 0; at < 10; at += 1) expect(ping(false)).toBe(false);
  expect(ping(true)).toBe(false);
  for (let at = 0; at < 10; at += 1) expect(ping(false)).toBe(false);
  expect(ping(false)).toBe(true);
  expect(failures).toBe(0);
});
