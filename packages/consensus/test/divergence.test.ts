import {
  addRecord,
  compareScores,
  type DivergenceRecord,
  rankCorrelation,
  summarise,
  topOverlap,
} from "@neurond/consensus";
import { toFamilyId } from "@neurond/ledger";
import { type Hotkey, toRunId } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { m0, m1, m2, m3 } from "./people.ts";

describe("rank correlation", () => {
  test.each([
    [[9, 8, 7, 1], [9, 7, 8, 1], 800_000],
    [[9, 8, 8, 1], [9, 7, 8, 1], 948_683],
    [[1, 0, 0], [9, 8, 7], 866_025],
    [[1, 1], [1, 0], null],
    [[1], [1], null],
    [[1, 2, 3], [3, 2, 1], -1_000_000],
  ])("of %j and %j is %j", (a, b, rho) => {
    expect(rankCorrelation(a, b)).toBe(rho);
    expect(rankCorrelation(b, a)).toBe(rho);
  });

  test("is one of a list with itself, whatever is done to its values in order", () => {
    const anyValues = fc.uniqueArray(fc.nat(1000), { minLength: 2, maxLength: 100 });
    fc.assert(
      fc.property(anyValues, (values) => {
        expect(
          rankCorrelation(
            values,
            values.map((value) => value ** 2),
          ),
        ).toBe(1_000_000);
      }),
    );
  });
});

test("the overlap of the best counts as many as both could name, ties by hotkey", () => {
  const scores = (...pairs: [Hotkey, number][]) => new Map(pairs);
  const all = scores([m0, 9], [m1, 8], [m2, 7], [m3, 1]);
  expect(topOverlap(all, scores([m3, 9], [m1, 8], [m2, 7], [m0, 1]))).toBe(666_667);
  expect(topOverlap(all, scores([m1, 1]))).toBe(1_000_000);
  expect(topOverlap(all, scores())).toBeNull();
  expect(topOverlap(scores([m1, 1], [m0, 1]), scores([m0, 1], [m2, 0]), 1)).toBe(1_000_000);
  expect(compareScores(all, scores([m0, 9], [m1, 7], [m2, 8], [m3, 1])).rankRho).toBe(800_000);
  expect(compareScores(all, scores([m0, 9]))).toEqual({ rankRho: null, topOverlap: 1_000_000 });
});

describe("a window of runs", () => {
  const record = (run: number, change: Partial<DivergenceRecord> = {}): DivergenceRecord => ({
    runId: toRunId(`run-${run}`),
    familyId: toFamilyId("general_chat"),
    quorum: true,
    winner: m0,
    ownerWinner: m0,
    reports: [],
    rankRho: null,
    topOverlap: null,
    ...change,
  });

  test("keeps the last of them, and replaces a run where it stands", () => {
    let records: readonly DivergenceRecord[] = [];
    for (const run of [1, 2, 3, 4]) records = addRecord(records, record(run), 3);
    expect(records.map(({ runId }) => runId)).toEqual(["run-2", "run-3", "run-4"]);
    const again = record(3, { winner: m1 });
    expect(addRecord(records, again, 3)).toEqual([records[0], again, records[2]]);
    const other = record(3, { familyId: toFamilyId("other") });
    expect(addRecord(records, other, 3)).toEqual([records[1], records[2], other]);
  });

  test("sums up what its runs say, leaving out what says nothing", () => {
    const records = [
      record(1, { rankRho: 900_000, topOverlap: 1_000_000 }),
      record(2, { rankRho: -900_001, winner: null, ownerWinner: null }),
      record(3, { winner: m1, quorum: false }),
    ];
    expect(summarise(records)).toEqual({
      runs: 3,
      winnerAgreement: 666_667,
      meanRankRho: 0,
      meanTopOverlap: 1_000_000,
      quorumRate: 666_667,
    });
    expect(summarise([]).winnerAgreement).toBeNull();
  });
});
