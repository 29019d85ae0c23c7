import { MICROS_PER_HOUR } from "@neurond/exports";
import { expect, it } from "vitest";
import { hoursBefore } from "../io/scores/window-hours.ts";

const part = (hours: number, length = 1) => ({
  start: hours * MICROS_PER_HOUR,
  end: (hours + length) * MICROS_PER_HOUR,
});

it("hours of a week are counted by time, so that twelve slices of five minutes are one", () => {
  const asOf = 200 * MICROS_PER_HOUR;
  expect(hoursBefore([part(100), part(101), part(101), part(199)], asOf)).toBe(3);
  const twelfths = Array.from({ length: 12 }, (_, at) => ({
    start: (1_200 + at) * (MICROS_PER_HOUR / 12),
    end: (1_201 + at) * (MICROS_PER_HOUR / 12),
  }));
  expect(hoursBefore(twelfths, asOf)).toBe(1);
  expect(hoursBefore(twelfths.slice(1), asOf)).toBe(0);
  expect(hoursBefore([part(31), part(200), part(32)], asOf)).toBe(1);
});
