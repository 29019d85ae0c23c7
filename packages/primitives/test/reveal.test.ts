import {
  advanceSchedule,
  drandRoundAt,
  drandRoundTime,
  type EpochSchedule,
  epochAt,
  MAX_TEMPO,
  revealBlock,
  revealRound,
} from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import vectors from "./vectors/reveal-schedule.json" with { type: "json" };

const QUIET: EpochSchedule = {
  tempo: 360,
  lastEpochBlock: 1000,
  pendingEpochAt: 0,
  epochIndex: 7,
  blocksSinceLastStep: 100,
};

/** The rule spelled out: one block after the other. */
function walkToReveal(schedule: EpochSchedule, head: number, periods: number): number {
  const target = epochAt(schedule, head + 1) + periods;
  let block = head + 1;
  for (let state = schedule; epochAt(state, block) !== target; block++) {
    state = advanceSchedule(state, block);
  }
  return block;
}

describe("the reveal block", () => {
  test.each(vectors)(
    "after head $head with tempo $tempo and period $revealPeriodEpochs is $revealBlock",
    (row) => {
      expect(epochAt(row, row.head + 1)).toBe(row.commitEpoch);
      expect(revealBlock(row, row.head, row.revealPeriodEpochs)).toBe(row.revealBlock);
    },
  );

  test("is the one that walking block by block arrives at", () => {
    const anySchedule = fc.record({
      tempo: fc.integer({ min: 1, max: 500 }),
      lastEpochBlock: fc.nat(1200),
      pendingEpochAt: fc.oneof(fc.constant(0), fc.nat(2000)),
      epochIndex: fc.nat(1000),
      blocksSinceLastStep: fc.oneof(
        fc.nat(500),
        fc.integer({ min: MAX_TEMPO - 300, max: MAX_TEMPO + 2 }),
      ),
    });
    fc.assert(
      fc.property(
        anySchedule,
        fc.integer({ min: 1000, max: 1500 }),
        fc.nat(4),
        (schedule, head, n) => {
          expect(revealBlock(schedule, head, n)).toBe(walkToReveal(schedule, head, n));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("is found at once for the longest tempo and a long reveal period", () => {
    const slow = { ...QUIET, tempo: MAX_TEMPO, blocksSinceLastStep: 0 };
    expect(revealBlock(slow, 1000, 100)).toBe(1000 + 100 * MAX_TEMPO);
  });

  test("does not exist at tempo 0", () => {
    expect(codeOf(() => revealBlock({ ...QUIET, tempo: 0 }, 1100, 1))).toBe("EPOCH_NEVER");
  });
});

describe("the reveal round", () => {
  const input = {
    schedule: QUIET,
    head: 1100,
    revealPeriodEpochs: 1,
    blockTimeMs: 12_000,
    nowMs: 1_750_000_000_000,
  };

  test("is published three blocks into the reveal epoch", () => {
    // R + 3 - h = 1360 + 3 - 1100 = 263 blocks of 12 s.
    expect(revealRound(input)).toBe(19_066_596);
  });

  test("moves with the real block time", () => {
    expect(revealRound({ ...input, blockTimeMs: 250 })).toBe(
      Math.floor((1_750_000_000 + 263 * 0.25 - 1_692_803_367) / 3),
    );
  });

  test("is at least 1, also before the network's genesis", () => {
    expect(revealRound({ ...input, nowMs: 0 })).toBe(1);
  });

  test("follows the clock of another drand network", () => {
    const clock = { genesisSeconds: 1_750_000_000, periodSeconds: 1 };
    expect(revealRound({ ...input, clock })).toBe(263 * 12);
  });

  test("does not exist at tempo 0", () => {
    const off = { ...input, schedule: { ...QUIET, tempo: 0 } };
    expect(codeOf(() => revealRound(off))).toBe("EPOCH_NEVER");
  });
});

describe("the drand clock", () => {
  test("publishes quicknet's round 1000 at 1692806364", () => {
    expect(drandRoundTime(1000)).toBe(1_692_806_364);
    expect(drandRoundAt(1_692_806_363)).toBe(999);
    expect(drandRoundAt(1_692_806_364)).toBe(1000);
  });

  test("has published nothing before its genesis", () => {
    expect(drandRoundAt(1_692_803_366)).toBe(0);
    expect(drandRoundAt(1_692_803_367)).toBe(1);
  });

  test("finds each round at its own time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 9 }), fc.nat(2), (round, later) => {
        expect(drandRoundAt(drandRoundTime(round) + later)).toBe(round);
      }),
    );
  });
});
