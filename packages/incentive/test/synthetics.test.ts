import {
  type ExportView,
  judgeSynthetic,
  parseTimestamp,
  type Synthetic,
  TraceLog,
} from "@neurond/incentive";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, HOUR, instance, invocation, SECOND } from "./world.ts";

const HOTKEY = "5Dt7HZ7Zpw4DppPxFM7Ke3Cm7sDAWhsZXmM5ZAmE7dSVJbcQ";
const target = (name: string) => `target=${name} uid=12 hotkey=${HOTKEY} coldkey=5Cold`;

function line(message: string, child?: string, time = "2025-10-15T12:00:00.000001"): string {
  const trace = {
    timestamp: time,
    invocation_id: "parent",
    ...(child === undefined ? {} : { child_id: child }),
    chute_id: "chute",
    function: "chat",
    message,
  };
  return `data: ${JSON.stringify({ trace })}`;
}

function logOf(...lines: readonly string[]) {
  const log = new TraceLog();
  for (const each of lines) log.read(each);
  return log;
}

describe("a trace", () => {
  test("tells each target, whether it failed and when", () => {
    const log = logOf(
      line("identified 2 available targets"),
      "",
      line(`attempting to query ${target("i1")}`, "c1"),
      line(
        `error encountered while querying ${target("i1")}: exc=EMPTY_STREAM uid=9 hotkey=x coldkey=y`,
        "c1",
        "2025-10-15T12:00:01",
      ),
      line(`attempting to query ${target("i2")}`, "c2", "2025-10-15T12:00:02.5"),
      `data: ${JSON.stringify({ result: 'data: {"choices":[]}' })}`,
      line(`successfully called function='chat' on ${target("i2")}`, "c2", "2025-10-15T12:00:09Z"),
    );
    const common = {
      parentInvocationId: "parent",
      chuteId: "chute",
      functionName: "chat",
      minerUid: 12,
      minerHotkey: HOTKEY,
    };
    expect(log.faults).toEqual([]);
    expect(log.attempts).toEqual([
      {
        ...common,
        invocationId: "c1",
        instanceId: "i1",
        attemptedAt: at("2025-10-15T12:00:00") + 1,
        settledAt: at("2025-10-15T12:00:01"),
        hasError: true,
      },
      {
        ...common,
        invocationId: "c2",
        instanceId: "i2",
        attemptedAt: at("2025-10-15T12:00:02") + 500_000,
        settledAt: at("2025-10-15T12:00:09"),
        hasError: false,
      },
    ]);
  });

  test("hands every event to whoever renders it", () => {
    expect(new TraceLog().read('data: {"result":{"json":[1]}}')).toEqual({ result: { json: [1] } });
    expect(new TraceLog().read(": a comment")).toBeNull();
  });

  test.each([
    ["not_json", "data: {"],
    ["event_malformed", 'data: {"trace":7}'],
    ["event_malformed", line(`attempting to query ${target("i1")}`)],
    ["event_malformed", line("attempting to query target=i1 uid=x", "c1")],
    ["event_malformed", line(`attempting to query ${target("i1")}`, "c1", "yesterday")],
    ["outcome_without_attempt", line(`successfully called function='f' on ${target("i1")}`, "c1")],
  ])("that is broken says so: %s", (fault, bad) => {
    const log = logOf(bad);
    expect([log.faults, log.attempts]).toEqual([[fault], []]);
  });

  test("settles the last target only, and that once", () => {
    const attempt = line(`attempting to query ${target("i1")}`, "c1");
    const success = line(`successfully called function='f' on ${target("i1")}`, "c1");
    expect(logOf(attempt, success, success).faults).toEqual(["outcome_without_attempt"]);
    expect(logOf(attempt, attempt).faults).toEqual(["attempt_repeated"]);
    const other = line(`error encountered while querying ${target("i2")}: exc=x`, "c1");
    expect(logOf(attempt, other).faults).toEqual(["outcome_without_attempt"]);
  });

  test("is bounded in targets and in the length of a line", () => {
    const lines = Array.from({ length: 9 }, (_, n) =>
      line(`attempting to query ${target(`i${n}`)}`, `c${n}`),
    );
    const log = logOf(...lines);
    expect([log.attempts.length, log.faults]).toEqual([5, ["too_many_attempts"]]);
    const short = new TraceLog({ maxLine: 100, maxAttempts: 5 });
    expect(short.read(lines[0] ?? "")).toBeNull();
    expect([short.attempts, short.faults]).toEqual([[], ["line_too_long"]]);
  });

  test("never throws, whatever is sent", () => {
    const anyLine = fc.oneof(
      fc.string().map((text) => `data: ${text}`),
      fc.json().map((text) => `data: {"trace":${text}}`),
      fc.record({ message: fc.string(), child_id: fc.anything() }).map((trace) => {
        const message = `attempting to query target=${trace.message}`;
        return `data: ${JSON.stringify({ trace: { ...trace, child_id: "c", message } })}`;
      }),
    );
    fc.assert(
      fc.property(fc.array(anyLine), (lines) => {
        expect(logOf(...lines).attempts.length).toBeLessThanOrEqual(5);
      }),
    );
  });

  test("has times in microseconds, naive ones in UTC", () => {
    expect(parseTimestamp("1970-01-01T00:00:01.5")).toBe(1_500_000);
    expect(parseTimestamp("1970-01-01 00:00:00.000001+00:00")).toBe(1);
    expect(parseTimestamp("1970-13-01T00:00:00")).toBeNull();
    expect(parseTimestamp("1970-01-01T00:00:00+01:00")).toBeNull();
  });
});

describe("a synthetic among the exports", () => {
  const startedAt = at("2025-10-15T12:10:00");
  const hour = at("2025-10-15T12:00:00");
  const synthetic: Synthetic = {
    parentInvocationId: "parent",
    invocationId: "c1",
    chuteId: "chute",
    functionName: "chat",
    instanceId: "i1",
    minerUid: 12,
    minerHotkey: HOTKEY,
    attemptedAt: startedAt,
    settledAt: startedAt + 5 * SECOND,
    hasError: false,
    tokensIn: 100,
    tokensOut: 200,
  };
  const row = invocation(
    {
      parentInvocationId: "parent",
      invocationId: "c1",
      instanceId: "i1",
      minerUid: 12,
      minerHotkey: HOTKEY,
      startedAt,
      completedAt: startedAt + 5 * SECOND,
      seenAt: hour + HOUR,
    },
    { it: 105, ot: 190 },
  );
  const known = instance({ instanceId: "i1", minerHotkey: HOTKEY, createdAt: startedAt - HOUR });
  const view = (change: Partial<ExportView> = {}): ExportView => ({
    hourState: () => "csv",
    rowOf: (id) => (id === "c1" ? row : undefined),
    instanceOf: () => known,
    ...change,
  });
  const none = { rowOf: () => undefined };

  test("is found when everything agrees", () => {
    expect(judgeSynthetic(synthetic, view())).toEqual({ kind: "FOUND" });
  });

  test("is judged only when its hour and the next one are loaded", () => {
    for (const missing of [hour, hour + HOUR]) {
      const hourState = (at: number) => (at === missing ? "absent" : "csv");
      expect(judgeSynthetic(synthetic, view({ hourState }))).toEqual({ kind: "PENDING" });
      expect(judgeSynthetic(synthetic, view({ hourState, ...none }))).toEqual({ kind: "PENDING" });
    }
  });

  test("that took hours is judged with the hour in which it ended", () => {
    const long = { ...synthetic, settledAt: hour + 2 * HOUR + 5 * SECOND };
    const rowOf = () => ({ ...row, completedAt: long.settledAt, seenAt: hour + 3 * HOUR });
    const upTo = (last: number) => (at: number) => (at <= last ? "csv" : "absent");
    expect(judgeSynthetic(long, view({ rowOf, hourState: upTo(hour + 2 * HOUR) }))).toEqual({
      kind: "PENDING",
    });
    expect(judgeSynthetic(long, view({ rowOf, hourState: upTo(hour + 3 * HOUR) }))).toEqual({
      kind: "FOUND",
    });
  });

  test("that was left out is missing, and unknowable where there is no CSV", () => {
    expect(judgeSynthetic(synthetic, view(none))).toEqual({ kind: "MISSING" });
    const without = (at: number) =>
      view({ ...none, hourState: (h) => (h === at ? "no_csv" : "csv") });
    expect(judgeSynthetic(synthetic, without(hour))).toEqual({ kind: "NO_CSV" });
    expect(judgeSynthetic(synthetic, without(hour + HOUR))).toEqual({ kind: "MISSING" });
    const late = { ...synthetic, attemptedAt: hour + HOUR - 10 * SECOND };
    expect(judgeSynthetic(late, without(hour + HOUR))).toEqual({ kind: "NO_CSV" });
  });

  test.each<[string, Partial<typeof row>, readonly string[]]>([
    ["another miner", { minerHotkey: "x", minerUid: 3 }, ["minerUid", "minerHotkey"]],
    ["another instance", { instanceId: "i2" }, ["instanceId"]],
    [
      "another request",
      { parentInvocationId: "p", chuteId: "c" },
      ["parentInvocationId", "chuteId"],
    ],
    ["an error we did not see", { errorMessage: "RATE_LIMIT" }, ["error"]],
    ["another start", { startedAt: startedAt - 31 * SECOND }, ["startedAt", "duration"]],
    ["no end", { completedAt: null }, ["completedAt"]],
    ["an end after the export", { completedAt: hour + 2 * HOUR }, ["completedAt", "duration"]],
    ["more tokens than we got", { metrics: { it: 106, ot: 211 } }, ["tokensIn", "tokensOut"]],
  ])("with %s is a mismatch", (_, change, fields) => {
    const rowOf = () => ({ ...row, ...change });
    expect(judgeSynthetic(synthetic, view({ rowOf }))).toEqual({ kind: "MISMATCH", fields });
  });

  test("that failed must be exported with its error", () => {
    const failed = { ...synthetic, hasError: true };
    expect(judgeSynthetic(failed, view())).toEqual({ kind: "MISMATCH", fields: ["error"] });
    const rowOf = () => ({ ...row, errorMessage: "EMPTY_STREAM", metrics: null });
    expect(judgeSynthetic(failed, view({ rowOf }))).toEqual({ kind: "FOUND" });
  });

  test("whose end we did not see is judged by the rest", () => {
    const cut = { ...synthetic, settledAt: null, tokensIn: null, tokensOut: null };
    const rowOf = () => ({ ...row, errorMessage: "x", completedAt: null });
    expect(judgeSynthetic(cut, view({ rowOf }))).toEqual({ kind: "FOUND" });
  });

  test("on an instance that nobody knows, or that was gone, is a mismatch", () => {
    const mismatch = { kind: "MISMATCH", fields: ["instanceActive"] };
    expect(judgeSynthetic(synthetic, view({ instanceOf: () => undefined }))).toEqual(mismatch);
    const gone = { ...known, deletedAt: startedAt - 1 };
    expect(judgeSynthetic(synthetic, view({ instanceOf: () => gone }))).toEqual(mismatch);
    const later = { ...known, activatedAt: startedAt + 1 };
    expect(judgeSynthetic(synthetic, view({ instanceOf: () => later }))).toEqual(mismatch);
  });
});
