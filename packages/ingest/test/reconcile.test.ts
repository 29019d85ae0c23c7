import type { HistoryRow, InstanceRow } from "@neurond/incentive";
import { codeOf } from "@neurond/testing/coded";
import { describe, expect, it } from "vitest";
import {
  applyEnds,
  applyHistory,
  countDisagreements,
  disagreementsOf,
  parseBlacklist,
  parseGpuCounts,
  parseHistoryFeed,
  parseReconciliation,
  parseScores,
} from "../src/index.ts";

const HOUR = 3_600_000_000;
const NOW = 1_000 * HOUR;

const instance = (instanceId: string, deletedAt: number | null): InstanceRow => ({
  instanceId,
  chuteId: "c",
  minerHotkey: "m",
  createdAt: NOW - 20 * HOUR,
  verifiedAt: NOW - 20 * HOUR,
  activatedAt: NOW - 19 * HOUR,
  deletedAt,
  deletionReason: null,
  billedTo: null,
  stopBillingAt: null,
  computeMultiplier: 1,
  bounty: false,
  validTermination: false,
  seenAt: NOW,
});
const stretch = (endedAt: number | null, computeMultiplier = 2): HistoryRow => ({
  instanceId: "same",
  computeMultiplier,
  startedAt: NOW - 10 * HOUR,
  endedAt,
  seenAt: NOW,
});
const end = (instance_id: string, deleted_at: number | null) => ({ instance_id, deleted_at });
const committed = [
  instance("same", null),
  instance("gone", null),
  instance("ended", null),
  instance("moved", NOW - 2 * HOUR),
  instance("later", null),
];
const ends = [
  end("same", null),
  end("ended", NOW - HOUR),
  end("moved", NOW - HOUR),
  end("later", NOW + HOUR),
];

describe("uncommitted feeds", () => {
  it("are compared by instance, up to the moment that is scored", () => {
    const found = disagreementsOf(committed, [], { ends, history: null }, NOW);
    expect(found).toEqual({
      absent: ["gone"],
      ended: ["ended"],
      endedElsewhen: ["moved"],
      history: [],
    });
    expect(countDisagreements(found)).toBe(3);
  });

  it("are compared by stretch of history", () => {
    const row = (ended_at: number | null, compute_multiplier: number) => ({
      instance_id: "same",
      compute_multiplier,
      started_at: NOW - 10 * HOUR,
      ended_at,
    });
    const differs = (mine: HistoryRow, theirs: ReturnType<typeof row>) =>
      disagreementsOf([], [mine], { ends: [], history: [theirs] }, NOW).history.length;
    expect(differs(stretch(null), row(null, 2))).toBe(0);
    expect(differs(stretch(null), row(NOW + HOUR, 2))).toBe(0);
    expect(differs(stretch(null), row(NOW - HOUR, 2))).toBe(1);
    expect(differs(stretch(NOW - HOUR), row(NOW - HOUR, 2))).toBe(0);
    expect(differs(stretch(NOW - HOUR), row(NOW - HOUR, 2.5))).toBe(1);
    expect(differs(stretch(NOW - 200 * HOUR), row(null, 9))).toBe(0);
  });

  it("overrule for a computation only where that is wanted, and never bring back what is committed as ended", () => {
    const applied = applyEnds(committed, { ends, history: null });
    expect(applied.map(({ instanceId, deletedAt }) => [instanceId, deletedAt])).toEqual([
      ["same", null],
      ["ended", NOW - HOUR],
      ["moved", NOW - 2 * HOUR],
      ["later", NOW + HOUR],
    ]);
    const kept = [stretch(null)];
    expect(applyHistory(kept, { ends, history: null }, NOW)).toBe(kept);
    expect(applyHistory(kept, { ends, history: [] }, NOW)).toEqual([]);
  });
});

describe("feeds", () => {
  it("are read in their documented shapes", () => {
    expect([...parseGpuCounts('[{"chute_id":"a","gpu_count":8,"more":1}]')]).toEqual([["a", 8]]);
    const nodes =
      '[{"hotkey":"a"},{"hotkey":"b","blacklist_reason":null},{"hotkey":"c","blacklist_reason":"no"}]';
    expect([...parseBlacklist(nodes)]).toEqual([["c", "no"]]);
    expect([...parseScores('{"final_scores":{"a":0.5},"raw_values":{}}')]).toEqual([["a", 0.5]]);
    const text = "instance_id,deleted_at\r\na,\r\nb,2026-01-02 03:04:05\r\n";
    expect(parseReconciliation(text)).toHaveLength(2);
    const history =
      "instance_id,compute_multiplier,started_at,ended_at\r\na,1.5,2026-01-02 03:04:05,\r\n";
    expect(parseHistoryFeed(history)).toMatchObject([{ compute_multiplier: 1.5, ended_at: null }]);
  });

  it.each<[string, () => unknown]>([
    ["no JSON", () => parseGpuCounts("<html>")],
    ["another shape", () => parseBlacklist('{"hotkey":1}')],
    ["a count that is none", () => parseGpuCounts('[{"chute_id":"a","gpu_count":-1}]')],
    [
      "a header alone, which would end every instance",
      () => parseReconciliation("instance_id,deleted_at\r\n"),
    ],
    ["nothing", () => parseReconciliation("")],
    ["columns that are missing", () => parseHistoryFeed("a,b\r\n1,2\r\n")],
  ])("with %s are refused", (_, read) => {
    expect(codeOf(read)).toBe("FEED_INVALID");
  });
});
