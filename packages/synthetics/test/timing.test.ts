import { Dice, KeyRing, nextMoment } from "@neurond/synthetics";
import { codeOf } from "@neurond/testing/coded";
import { describe, expect, test } from "vitest";

const intervalMs = 60_000;

describe("a Poisson schedule", () => {
  const moments: number[] = [];
  const dice = new Dice(new Uint8Array(32).fill(3));
  while (moments.length < 3_000) {
    const last = moments.at(-1) ?? null;
    moments.push(nextMoment({ kind: "poisson", intervalMs }, last, last ?? 0, dice));
  }

  test("never has two moments in one interval of the clock", () => {
    const intervals = moments.map((moment) => Math.floor(moment / intervalMs));
    expect(new Set(intervals).size).toBe(moments.length);
  });

  test("leaves a share of 1/e of the intervals without one", () => {
    const intervals = Math.floor((moments.at(-1) ?? 0) / intervalMs);
    expect(moments.length / intervals).toBeCloseTo(1 - Math.exp(-1), 1);
  });

  test("puts them anywhere in their interval", () => {
    const places = moments.map((moment) => Math.floor(((moment % intervalMs) / intervalMs) * 4));
    for (const place of [0, 1, 2, 3])
      expect(places.filter((one) => one === place).length / moments.length).toBeGreaterThan(0.15);
  });
});

test("after an answer that took long, moments that went by are not made up for", () => {
  const dice = new Dice(new Uint8Array(32));
  const now = 10 * intervalMs + 5;
  expect(nextMoment({ kind: "fixed", intervalMs }, 0, now, dice)).toBe(now);
  expect(nextMoment({ kind: "fixed", intervalMs }, now, now, dice)).toBe(now + intervalMs);
  expect(nextMoment({ kind: "fixed", intervalMs }, null, now, dice)).toBe(now);
  expect(nextMoment({ kind: "poisson", intervalMs }, 0, now, dice)).toBeGreaterThan(now);
});

describe("API keys", () => {
  test("take turns", () => {
    const ring = new KeyRing(["a", "b", "a", "c"]);
    expect([1, 2, 3, 4].map((now) => ring.next(now))).toEqual(["a", "b", "c", "a"]);
  });

  test("that were refused rest, unless all of them do", () => {
    const ring = new KeyRing(["a", "b"]);
    ring.rest("a", 100);
    expect([1, 2, 3].map((now) => ring.next(now))).toEqual(["b", "b", "b"]);
    ring.rest("b", 50);
    expect(ring.next(4)).toBe("b");
    expect(new Set([ring.next(100), ring.next(101)])).toEqual(new Set(["a", "b"]));
  });

  test.each(["cpk_…", "two words", "line\nend", ""])(
    "that no header can carry are refused, and not shown: %j",
    (key) => {
      const make = () => new KeyRing(["good", key]);
      expect(codeOf(make)).toBe("API_KEY_INVALID");
      expect(make).toThrow(/^API key 2 of 2 /);
    },
  );

  test("are needed", () => {
    expect(codeOf(() => new KeyRing([]))).toBe("API_KEY_MISSING");
  });
});
