import fc from "fast-check";
import { expect, it } from "vitest";
import { median, spread } from "../src/index.ts";

const values = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1 });

it("takes the middle value, and the mean of the two in the middle", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(() => median([])).toThrow(RangeError);
});

it("does not depend on the order of the runs, and leaves them alone", () => {
  fc.assert(
    fc.property(values, (runs) => {
      const before = [...runs];
      expect(median(runs.toReversed())).toBe(median(runs));
      expect(runs).toEqual(before);
    }),
  );
});

it("ignores one outlier of many, which the spread shows", () => {
  expect(median([10, 10, 10, 10, 1000])).toBe(10);
  expect(spread([10, 10, 10, 10, 1000])).toBe(99);
  expect(spread([7, 7, 7])).toBe(0);
});
