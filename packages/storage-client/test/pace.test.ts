import { expect, test } from "vitest";
import { Pace } from "../src/pace.ts";

const begun = { startedMs: 0, lastByteMs: 0 };

test("a shard is late once it was silent for too long, unless it is not waited for", () => {
  const pace = new Pace(100, 4);
  expect(pace.isLate(begun, 100)).toBe(false);
  expect(pace.isLate(begun, 101)).toBe(true);
  expect(pace.isLate({ startedMs: 0, lastByteMs: 1 }, 101)).toBe(false);
  expect(pace.isLate({ startedMs: 0, lastByteMs: Number.POSITIVE_INFINITY }, 9_000)).toBe(false);
});

test("a shard that trickles is late when it takes thrice what most of the others took", () => {
  const pace = new Pace(100, 4);
  const trickling = (now: number) => pace.isLate({ startedMs: 0, lastByteMs: now }, now);
  for (const took of [40, 50]) pace.came(begun, took);
  expect(trickling(9_000)).toBe(false); // half of them are not most
  pace.came(begun, 60);
  expect(trickling(150)).toBe(false);
  expect(trickling(151)).toBe(true);
  const fast = new Pace(100, 4);
  for (const took of [1, 2, 3]) fast.came(begun, took);
  // Where all is fast, not before silence would be too long.
  expect(fast.isLate({ startedMs: 0, lastByteMs: 100 }, 100)).toBe(false);
  expect(fast.isLate({ startedMs: 0, lastByteMs: 101 }, 101)).toBe(true);
});
