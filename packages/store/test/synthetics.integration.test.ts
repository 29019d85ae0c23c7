import { randomUUID } from "node:crypto";
import {
  type BlindProbe,
  MemorySynthetics,
  probeKey,
  type SyntheticStore,
  type TracedProbe,
} from "@neurond/synthetics";
import { testDatabase } from "@neurond/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Database, PostgresSynthetics } from "../src/index.ts";

let database: Database;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const traced = (id: string, attemptedAt: number): TracedProbe => ({
  kind: "traced",
  type: "chat",
  parentInvocationId: "the-request",
  invocationId: id,
  chuteId: "chute",
  functionName: "chat_stream",
  instanceId: "instance",
  minerUid: 7,
  minerHotkey: "5Miner",
  attemptedAt,
  settledAt: null,
  hasError: false,
  tokensIn: null,
  tokensOut: null,
});

const blind: BlindProbe = {
  kind: "blind",
  type: "image",
  parentInvocationId: "blind-request",
  chuteId: "chute",
  attemptedAt: 2,
  settledAt: 4,
  hasError: false,
  tokensIn: null,
  tokensOut: null,
};

const ADAPTERS: readonly (readonly [string, () => SyntheticStore])[] = [
  ["memory", () => new MemorySynthetics()],
  ["Postgres", () => new PostgresSynthetics(database.kysely, `5${randomUUID()}`)],
];

describe.each(ADAPTERS)("synthetics in %s", (_, open) => {
  test("are kept by attempt: two targets of one request do not collide, and a later word replaces an earlier", async () => {
    const store = open();
    await store.save([]);
    await store.save([traced("b", 3), traced("a", 1)]);
    await store.save([blind]);
    const settled = { ...traced("a", 1), settledAt: 9, hasError: true, tokensIn: 21, tokensOut: 5 };
    await store.save([settled]);
    expect(await store.pending(10)).toEqual([settled, blind, traced("b", 3)]);
    expect(await store.pending(1)).toEqual([settled]);
    expect(await store.known(["a", "blind-request", "the-request"])).toEqual(
      new Set(["a", "blind-request"]),
    );
    expect(await store.known([])).toEqual(new Set());
  });

  test("wait for a verdict until they have one", async () => {
    const store = open();
    await store.save([traced("a", 1), blind, traced("c", 3), traced("d", 4)]);
    await store.judge([
      { probe: traced("a", 1), verdict: { kind: "FOUND" } },
      { probe: blind, verdict: { kind: "MISSING" } },
      { probe: traced("c", 3), verdict: { kind: "MISMATCH", fields: ["minerHotkey", "tokensIn"] } },
      { probe: traced("d", 4), verdict: { kind: "PENDING" } },
      { probe: traced("never saved", 5), verdict: { kind: "MISSING" } },
    ]);
    expect((await store.pending(10)).map(probeKey)).toEqual(["d"]);
    expect(await store.bad(10)).toEqual([
      { probe: traced("c", 3), verdict: "MISMATCH", fields: ["minerHotkey", "tokensIn"] },
      { probe: blind, verdict: "MISSING", fields: [] },
    ]);
    const counts = await store.counts();
    expect(counts.toSorted((a, b) => (a.verdict < b.verdict ? -1 : 1))).toEqual([
      { kind: "traced", type: "chat", verdict: "FOUND", count: 1 },
      { kind: "traced", type: "chat", verdict: "MISMATCH", count: 1 },
      { kind: "blind", type: "image", verdict: "MISSING", count: 1 },
      { kind: "traced", type: "chat", verdict: "PENDING", count: 1 },
    ]);
  });

  test("keep their verdict when more is told about them, and lose it when they are forgotten", async () => {
    const store = open();
    await store.save([traced("a", 1), traced("b", 2)]);
    await store.judge([{ probe: traced("a", 1), verdict: { kind: "FOUND" } }]);
    await store.save([traced("a", 1)]);
    expect((await store.pending(10)).map(probeKey)).toEqual(["b"]);
    expect(await store.forget(2)).toBe(1);
    await store.save([traced("a", 1)]);
    expect((await store.pending(10)).map(probeKey)).toEqual(["a", "b"]);
  });
});

test("synthetics of two validators in one database do not meet", async () => {
  const [one, other] = ["5One", "5Other"].map(
    (source) => new PostgresSynthetics(database.kysely, source),
  );
  await one?.save([traced("a", 1)]);
  expect(await other?.pending(10)).toEqual([]);
  await other?.save([{ ...traced("a", 1), minerUid: 8 }]);
  expect(await one?.pending(10)).toEqual([traced("a", 1)]);
});
