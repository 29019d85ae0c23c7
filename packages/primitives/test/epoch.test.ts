import {
  advanceSchedule,
  type EpochSchedule,
  epochAt,
  isEpochDue,
  MAX_TEMPO,
  nextEpochBlock,
} from "@neurond/primitives";
import { describe, expect, test } from "vitest";

const fresh: EpochSchedule = {
  tempo: 360,
  lastEpochBlock: 1000,
  pendingEpochAt: 0,
  epochIndex: 7,
  blocksSinceLastStep: 0,
};

describe("an epoch", () => {
  test("is due one tempo after the last, not before", () => {
    expect(isEpochDue(fresh, 1359)).toBe(false);
    expect(isEpochDue(fresh, 1360)).toBe(true);
    expect(nextEpochBlock(fresh)).toBe(1360);
  });

  test("is due from the block it was requested for", () => {
    const requested = { ...fresh, pendingEpochAt: 1100 };
    expect(isEpochDue(requested, 1099)).toBe(false);
    expect(isEpochDue(requested, 1100)).toBe(true);
    expect(nextEpochBlock(requested)).toBe(1100);
  });

  test("keeps its automatic block when the request is for later", () => {
    expect(nextEpochBlock({ ...fresh, pendingEpochAt: 2000 })).toBe(1360);
  });

  test("is due once more than the largest tempo passed without emission", () => {
    const slow = { ...fresh, tempo: MAX_TEMPO };
    expect(isEpochDue({ ...slow, blocksSinceLastStep: MAX_TEMPO }, 1001)).toBe(false);
    expect(isEpochDue({ ...slow, blocksSinceLastStep: MAX_TEMPO + 1 }, 1001)).toBe(true);
  });

  test("is never due at tempo 0", () => {
    const off = { ...fresh, tempo: 0, pendingEpochAt: 1, blocksSinceLastStep: 99_999 };
    expect(isEpochDue(off, 99_999)).toBe(false);
    expect(nextEpochBlock(off)).toBeUndefined();
    expect(advanceSchedule(off, 99_999).epochIndex).toBe(7);
  });
});

describe("the schedule", () => {
  test("counts the block of a due epoch to the epoch that begins", () => {
    expect(epochAt(fresh, 1359)).toBe(7);
    expect(epochAt(fresh, 1360)).toBe(8);
  });

  test("only counts blocks while nothing is due", () => {
    expect(advanceSchedule(fresh, 1001)).toEqual({ ...fresh, blocksSinceLastStep: 1 });
  });

  test("starts over at an epoch and forgets the request", () => {
    const due = { ...fresh, pendingEpochAt: 1100, blocksSinceLastStep: 99 };
    expect(advanceSchedule(due, 1100)).toEqual({
      tempo: 360,
      lastEpochBlock: 1100,
      pendingEpochAt: 0,
      epochIndex: 8,
      blocksSinceLastStep: 0,
    });
  });

  test("runs every tempo blocks, not every tempo + 1 as before dynamic tempo", () => {
    let schedule = fresh;
    const epochs: number[] = [];
    for (let block = 1001; block <= 2080; block++) {
      if (isEpochDue(schedule, block)) epochs.push(block);
      schedule = advanceSchedule(schedule, block);
    }
    expect(epochs).toEqual([1360, 1720, 2080]);
  });
});
