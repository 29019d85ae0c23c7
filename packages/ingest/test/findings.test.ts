import { parseHotkey } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import {
  entryFindings,
  nextTry,
  PROBLEMS,
  type Problem,
  type TrackedEntry,
  trackedEntry,
  verdictOf,
} from "../src/index.ts";

const source = parseHotkey("5Dt7HZ7Zpw4DppPxFM7Ke3Cm7sDAWhsZXmM5ZAmE7dSVJbcQ");
const HOUR = 3_600_000_000;
const END = Date.UTC(2026, 2, 29, 2) * 1_000; // the night in which European clocks go forward

function verified(hour: number, change: Partial<TrackedEntry> = {}): TrackedEntry {
  const block = 100 + hour;
  const tracked = trackedEntry(source, "validator", source, {
    entry_id: `00000000-0000-5000-8000-${String(block).padStart(12, "0")}`,
    hotkey: source,
    block,
    path: "",
    created_at: 0,
    start_time: END + (hour - 1) * HOUR,
    end_time: END + hour * HOUR,
  });
  return {
    ...tracked,
    step: "LOADED",
    reportSha256: String(block).padStart(64, "0"),
    hasInvocations: true,
    verification: {
      status: "VERIFIED",
      method: "body",
      committed: null,
      foundBlock: block,
      blockTime: END + hour * HOUR + 120_000_000,
      checkedMs: 0,
    },
    ...change,
  };
}

const at = (blockTime: number | null, foundBlock = 100) => {
  const { verification } = verified(0);
  return verification && { ...verification, blockTime, foundBlock };
};
const kinds = (...entries: TrackedEntry[]) =>
  entryFindings(source, entries).map(({ kind }) => kind);

describe("entries", () => {
  it("that are as they should be give no finding, whatever night it is", () => {
    expect(kinds(verified(0), verified(1), verified(2))).toEqual([]);
  });

  it.each<[string, number | null, string[]]>([
    ["before their slice ended", END - 1, ["COMMIT_TIME"]],
    ["at once", END, []],
    ["two hours later", END + 2 * HOUR, []],
    ["more than two hours later", END + 2 * HOUR + 1, ["COMMIT_TIME"]],
    ["at a time that nobody kept", null, []],
  ])("committed %s are told apart", (_, time, expected) => {
    expect(kinds(verified(0, { verification: at(time) }))).toEqual(expected);
  });

  it("of one slice with two committed digests are an equivocation, the same one twice is none", () => {
    const twin = { startTime: END - HOUR, endTime: END };
    expect(kinds(verified(0), verified(7, twin))).toContain("EQUIVOCATION");
    const same = { ...twin, reportSha256: verified(0).reportSha256 };
    expect(kinds(verified(0), verified(7, same))).not.toContain("EQUIVOCATION");
  });

  it("without invocations are a finding between those that have them only", () => {
    const without = { hasInvocations: false };
    expect(kinds(verified(0), verified(1, without), verified(2))).toEqual(["NO_CSV"]);
    expect(kinds(verified(0), verified(1), verified(2, without))).toEqual([]);
    expect(kinds(verified(0, without), verified(1, without))).toEqual([]);
  });
});

describe("a problem", () => {
  it("is waited for longer each time, at most six hours, and then given up", () => {
    const pauses = Array.from({ length: PROBLEMS.FETCH_FAILED.attempts }, (_, at) =>
      nextTry("FETCH_FAILED", at + 1, 0),
    );
    expect(pauses.slice(0, 3)).toEqual([60_000, 120_000, 240_000]);
    expect(Math.max(...pauses.map((pause) => pause ?? 0))).toBe(6 * 3_600_000);
    expect(pauses.at(-1)).toBeNull();
  });

  it("that needs waiting is given up at once by who looks only once", () => {
    expect(nextTry("FETCH_FAILED", 1, 5, "at_once")).toBeNull();
    expect(nextTry("DIGEST_MISMATCH", 1, 5, "at_once")).toBe(5);
    expect(nextTry("DIGEST_MISMATCH", 2, 5, "at_once")).toBeNull();
  });

  it("never makes an entry verified, not even after it was", () => {
    for (const problem of Object.keys(PROBLEMS) as Problem[]) {
      const entry = verified(0, { step: "LISTED", problem, nextTryMs: null });
      expect(verdictOf(entry)).toBe(PROBLEMS[problem].verdict);
      expect(verdictOf({ ...entry, nextTryMs: 1 })).toBe("PENDING");
      expect(PROBLEMS[problem].verdict).not.toBe("VERIFIED");
    }
  });
});
