import type { InstanceRow, InvocationRow } from "@neurond/incentive";
import {
  type BlindProbe,
  judgeProbe,
  omissionLine,
  type ProbeView,
  summarise,
  syntheticFinding,
  tracedProbe,
} from "@neurond/synthetics";
import { describe, expect, test } from "vitest";

const SECOND = 1_000_000;
const HOUR = 3_600 * SECOND;
const NOON = Date.UTC(2025, 9, 15, 12) * 1_000;

const blind: BlindProbe = {
  kind: "blind",
  type: "chat",
  parentInvocationId: "parent",
  chuteId: "chute",
  attemptedAt: NOON + 60 * SECOND,
  settledAt: NOON + 170 * SECOND,
  hasError: false,
  tokensIn: 20,
  tokensOut: 100,
};

const row = (changes: Partial<InvocationRow> = {}): InvocationRow => ({
  parentInvocationId: "parent",
  invocationId: "child",
  chuteId: "chute",
  functionName: "chat_stream",
  instanceId: "instance",
  minerUid: 7,
  minerHotkey: "5Miner",
  startedAt: NOON + 61 * SECOND,
  completedAt: NOON + 169 * SECOND,
  errorMessage: null,
  computeMultiplier: 1,
  bounty: 0,
  metrics: { it: 20, ot: 100 },
  seenAt: NOON + HOUR,
  ...changes,
});

function view(rows: readonly InvocationRow[], changes: Partial<ProbeView> = {}): ProbeView {
  return {
    hourState: () => "csv",
    rowOf: (id) => rows.find(({ invocationId }) => invocationId === id),
    rowsOfRequest: () => rows,
    instanceOf: (): InstanceRow => ({
      instanceId: "instance",
      chuteId: "chute",
      minerHotkey: "5Miner",
      createdAt: NOON - HOUR,
      verifiedAt: NOON - HOUR,
      activatedAt: NOON - HOUR,
      deletedAt: null,
      deletionReason: null,
      billedTo: null,
      stopBillingAt: null,
      computeMultiplier: 1,
      bounty: false,
      validTermination: false,
      seenAt: NOON,
    }),
    ...changes,
  };
}

describe("a blind request", () => {
  test("is found by the attempt that answered it, after others that failed", () => {
    const failed = row({
      invocationId: "first",
      errorMessage: "EMPTY_STREAM",
      completedAt: NOON + 120 * SECOND,
      metrics: null,
    });
    const answered = row({ startedAt: NOON + 121 * SECOND });
    expect(judgeProbe(blind, view([answered, failed]))).toEqual({ kind: "FOUND" });
  });

  test.each([
    [{ chuteId: "another" }, ["chuteId"]],
    [{ errorMessage: "RATE_LIMIT" }, ["error"]],
    [{ startedAt: NOON + 100 * SECOND }, ["startedAt", "duration"]],
    [{ metrics: { it: 20, ot: 200 } }, ["tokensOut"]],
  ])("of which the export says %j is a mismatch", (changes, fields) => {
    expect(judgeProbe(blind, view([row(changes)]))).toEqual({ kind: "MISMATCH", fields });
  });

  test("without a row is missing, unless its hours are not there yet or hold no rows at all", () => {
    expect(judgeProbe(blind, view([]))).toEqual({ kind: "MISSING" });
    expect(judgeProbe(blind, view([], { hourState: () => "no_csv" }))).toEqual({ kind: "NO_CSV" });
    const hourState = (hour: number) => (hour === NOON ? "csv" : "absent");
    expect(judgeProbe(blind, view([], { hourState }))).toEqual({ kind: "PENDING" });
  });
});

test("a traced request is held to the row of its own attempt, not of another of the same request", () => {
  const probe = {
    ...tracedProbe("chat", {
      ...blind,
      invocationId: "child",
      functionName: "chat_stream",
      instanceId: "instance",
      minerUid: 7,
      minerHotkey: "5Miner",
    }),
  };
  expect(judgeProbe(probe, view([row()]))).toEqual({ kind: "FOUND" });
  expect(judgeProbe(probe, view([row({ invocationId: "other" })]))).toEqual({ kind: "MISSING" });
});

describe("a sample", () => {
  test("of ten thousand without a loss bounds omission at 0.03 %", () => {
    const { blind: sample, traced } = summarise([
      { kind: "blind", type: "chat", verdict: "FOUND", count: 9_000 },
      { kind: "blind", type: "image", verdict: "MISMATCH", count: 1_000 },
      { kind: "blind", type: "image", verdict: "PENDING", count: 50 },
      { kind: "traced", type: "chat", verdict: "MISSING", count: 2 },
    ]);
    expect(sample.omission.judged).toBe(10_000);
    expect(sample.omission.upper).toBeLessThan(0.0003);
    expect(sample.omission.ruleOfThree).toBe(0.0003);
    expect(omissionLine(sample.omission)).toBe("omits < 0.0300 % (95 %), 10000 judged, 0 missing");
    expect(traced.omission).toMatchObject({ judged: 2, missing: 2, upper: 1 });
  });

  test("of nothing says nothing", () => {
    expect(omissionLine(summarise([]).traced.omission)).toMatch(/^omission unknown/);
  });
});

test("a difference in who is paid is critical, one in clocks is a warning", () => {
  const of = (...fields: ("minerHotkey" | "startedAt")[]) =>
    syntheticFinding({ probe: blind, verdict: "MISMATCH", fields }).severity;
  expect([of("startedAt"), of("startedAt", "minerHotkey")]).toEqual(["warning", "critical"]);
});
