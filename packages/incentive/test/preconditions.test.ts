import { hindrances, ONE, type PreconditionInputs } from "@neurond/incentive";
import { describe, expect, test } from "vitest";
import { at, HOUR } from "./world.ts";

const now = at("2026-01-20T10:05:00");
const hour = (ago: number) => {
  const start = at("2026-01-20T10:00:00") - ago * HOUR;
  return { start, end: start + HOUR };
};
const hours = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => hour(from + index));
const ready: PreconditionInputs = {
  verified: hours(1, 168),
  now,
  next: new Map([
    ["a", 3n],
    ["b", 1n],
  ]),
  last: new Map([
    ["a", 30n],
    ["b", 10n],
  ]),
  isRegistered: true,
  allowsChange: false,
};
const codes = (change: Partial<PreconditionInputs>) =>
  hindrances({ ...ready, ...change }).map(({ code }) => code);

describe("weights may be set", () => {
  test("when everything is in order, also for the first time", () => {
    expect(hindrances(ready)).toEqual([]);
    expect(codes({ last: null })).toEqual([]);
  });

  test("with 160 verified hours, and not with 159", () => {
    expect(codes({ verified: hours(1, 160) })).toEqual([]);
    expect(hindrances({ ...ready, verified: [...hours(1, 159), hour(5), hour(169)] })).toEqual([
      { code: "TOO_FEW_HOURS", verified: 159, needed: 160 },
    ]);
    const halves = hours(1, 168).map(({ start, end }) => ({ start, end: end - HOUR / 2 }));
    expect(codes({ verified: halves })).toEqual(["TOO_FEW_HOURS"]);
  });

  test("while the newest verified hour is at most three hours old", () => {
    expect(codes({ verified: hours(3, 168) })).toEqual([]);
    expect(codes({ verified: hours(4, 168) })).toEqual(["TOO_OLD"]);
    expect(codes({ verified: [] })).toEqual(["TOO_FEW_HOURS", "TOO_OLD"]);
  });

  test("when somebody earned something and the hotkey is registered", () => {
    expect(codes({ next: new Map(), last: null })).toEqual(["NOTHING_EARNED"]);
    expect(codes({ isRegistered: false })).toEqual(["NOT_REGISTERED"]);
  });

  test("when the vector moves by less than one half, or an operator allows it", () => {
    // Three quarters and one quarter, before: one half each makes exactly one half.
    const next = new Map([
      ["a", 1n],
      ["b", 1n],
    ]);
    expect(hindrances({ ...ready, next })).toEqual([
      { code: "CHANGE_TOO_LARGE", change: ONE / 2n, limit: ONE / 2n },
    ]);
    expect(codes({ next, allowsChange: true })).toEqual([]);
    expect(
      codes({
        next: new Map([
          ["a", 5001n],
          ["b", 4999n],
        ]),
      }),
    ).toEqual([]);
    expect(codes({ next: new Map([["c", 1n]]) })).toEqual(["CHANGE_TOO_LARGE"]);
  });
});
