import { codeOf } from "@neurond/testing/coded";
import { expect, it } from "vitest";
import { parseGpuCounts } from "../src/index.ts";

const feed = (chute_id: unknown, gpu_count: unknown) => JSON.stringify([{ chute_id, gpu_count }]);

it("GPU counts are read by chute", () => {
  expect(parseGpuCounts(feed("561e4875-254d-588f-a36f-57c9cdef8961", 8))).toEqual(
    new Map([["561e4875-254d-588f-a36f-57c9cdef8961", 8]]),
  );
});

it.each([
  ["a\0b", 1],
  ["\ud800", 1],
  ["", 1],
  ["x".repeat(129), 1],
  ["a", -1],
  ["a", 1.5],
  ["a", 2 ** 31],
])("GPU counts of %j with %s are refused, for no store would take them", (chute, count) => {
  expect(codeOf(() => parseGpuCounts(feed(chute, count)))).toBe("FEED_INVALID");
});
