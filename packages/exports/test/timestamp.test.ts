import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCsvTime, formatIsoTime, hourOf, parseTimestamp } from "../src/timestamp.ts";

describe("a timestamp", () => {
  it.each([
    ["1970-01-01T00:00:00", 0],
    ["1970-01-01 00:00:00.000001", 1],
    ["2025-02-10T15:00:00", 1_739_199_600_000_000],
    ["2025-02-10T15:00:00Z", 1_739_199_600_000_000],
    ["2025-02-10 15:00:00+00:00", 1_739_199_600_000_000],
    ["2025-02-10 15:00:00+00", 1_739_199_600_000_000],
    ["2025-02-10T17:30:00.5+02:30", 1_739_199_600_500_000],
    ["2025-02-10T10:00:00-0500", 1_739_199_600_000_000],
    ["2025-02-10T15:00:00.1234569", 1_739_199_600_123_456],
  ])("%s is read as UTC", (text, micros) => {
    expect(parseTimestamp(text)).toBe(micros);
  });

  it.each([
    "",
    "now",
    "2025-02-30 00:00:00",
    "2025-13-01 00:00:00",
    "2025-02-10 24:00:00",
    "2025-02-10",
  ])("%j is none", (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });

  it("is the same date whether the calendar is asked or the shortcut taken", () => {
    const two = (value: number) => String(value).padStart(2, "0");
    const [month, day] = [fc.nat(14), fc.nat(33)];
    fc.assert(
      fc.property(fc.integer({ min: 1970, max: 2200 }), month, day, fc.nat(25), (y, m, d, h) => {
        const text = `${y}-${two(m)}-${two(d)}T${two(h)}:59:59.000001`;
        expect(parseTimestamp(text)).toBe(parseTimestamp(`${text}Z`));
      }),
      { numRuns: 500 },
    );
  });

  it("comes back from either form as it went", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000_000 }), (time) => {
        expect(parseTimestamp(formatCsvTime(time))).toBe(time);
        expect(parseTimestamp(formatIsoTime(time))).toBe(time);
        expect(formatIsoTime(time)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/);
        expect(hourOf(time) <= time && time - hourOf(time) < 3_600_000_000).toBe(true);
      }),
    );
  });
});
