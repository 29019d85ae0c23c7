import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "../src/connection/backoff.ts";

const bounds = { first: 100, longest: 5_000 };

test("pauses double up to the longest, and half of each is chance", () => {
  const [least, most] = [() => 0, () => 1];
  expect([1, 2, 3, 4].map((n) => backoffMs(bounds, n, least))).toEqual([50, 100, 200, 400]);
  expect([1, 2, 3, 4].map((n) => backoffMs(bounds, n, most))).toEqual([100, 200, 400, 800]);
  expect(backoffMs(bounds, 1_000_000, most)).toBe(5_000);
});

test("a pause is never longer than the longest, nor shorter than half of its step", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, r) => {
        const pause = backoffMs(bounds, n, () => r);
        expect(pause).toBeGreaterThanOrEqual(50);
        expect(pause).toBeLessThanOrEqual(5_000);
      },
    ),
  );
});
