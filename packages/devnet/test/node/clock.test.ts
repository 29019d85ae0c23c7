import { describe, expect, it } from "vitest";
import { virtualClock, wallClock } from "../../src/node/clock.ts";

describe("the virtual clock", () => {
  it("gives each block its time, however late it is made", () => {
    const clock = virtualClock(1_000, 12);
    expect(clock.timeOf(5, 1_048)).toBe(1_060);
    expect(clock.timeOf(5, 1_048)).toBe(1_060);
  });

  it("goes on from where it was set", () => {
    const clock = virtualClock(1_000, 12);
    clock.set(5, 9_000);
    expect(clock.timeOf(5, 1_048)).toBe(9_000);
    expect(clock.timeOf(6, 9_000)).toBe(9_012);
  });
});

describe("the wall clock", () => {
  it("never stands still between two blocks", () => {
    const clock = wallClock(() => 500);
    expect(clock.timeOf(1, 500)).toBe(501);
    expect(clock.timeOf(1, 499)).toBe(500);
  });

  it("runs on after it was shifted, and is not moved back by a minimum", () => {
    let time = 1_000;
    const clock = wallClock(() => time);
    clock.set(1, 5_000);
    time = 1_010;
    expect(clock.timeOf(2, 5_000)).toBe(5_010);
    clock.atLeast(2, 5_005);
    expect(clock.timeOf(2, 5_000)).toBe(5_010);
    clock.atLeast(2, 6_000);
    expect(clock.timeOf(2, 5_000)).toBe(6_000);
  });
});
