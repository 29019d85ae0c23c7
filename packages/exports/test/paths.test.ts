import { isCoded } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entryId } from "../src/entry-id.ts";
import { csvPath, csvUrl, parseExportPath, reportPath, reportUrl } from "../src/paths.ts";
import { parseTimestamp } from "../src/timestamp.ts";

const HOTKEY = "5Dt7HZ7Zpw4DppPxFM7Ke3Cm7sDAWhsZXmM5ZAmE7dSVJbcQ";
const END = parseTimestamp("2025-02-10T15:00:00") ?? 0;

describe("an entry's id", () => {
  it("is the UUIDv5 of hotkey and block, as upstream computes it", () => {
    expect(entryId(HOTKEY, 5_000_000)).toBe("86364812-0b02-5514-81a7-76ca41574292");
  });
});

describe("a path", () => {
  it("is built and read back", () => {
    expect(reportPath("miner", HOTKEY, 7)).toBe(`audit/miner/${HOTKEY}/7.json`);
    expect(parseExportPath(reportPath("validator", HOTKEY, 7))).toEqual({
      kind: "report",
      reporter: "validator",
      hotkey: HOTKEY,
      block: 7,
    });
    expect(csvPath("invocations", END)).toBe("invocations/2025/02/10/15.csv");
    expect(csvPath("jobs", END)).toBe("invocations/2025/02/10/15-jobs.csv");
    for (const table of ["invocations", "reports", "jobs"] as const) {
      expect(parseExportPath(csvPath(table, END))).toEqual({ kind: "csv", table, end: END });
    }
  });

  it("has the minutes of a slice that ends within an hour, and only then", () => {
    const end = END + 5 * 60_000_000;
    expect(csvPath("reports", end)).toBe("invocations/2025/02/10/1505-reports.csv");
    expect(parseExportPath(csvPath("reports", end))).toEqual({
      kind: "csv",
      table: "reports",
      end,
    });
    expect(parseExportPath("invocations/2025/02/10/1500.csv")).toBeNull();
    expect(parseExportPath("invocations/2025/02/10/1560.csv")).toBeNull();
    expect(csvPath("jobs", END + 30_000_000)).toBe("invocations/2025/02/10/150030-jobs.csv");
    for (const seconds of [30, 90, 600])
      expect(parseExportPath(csvPath("jobs", END + seconds * 1_000_000))).toMatchObject({
        end: END + seconds * 1_000_000,
      });
    expect(parseExportPath("invocations/2025/02/10/150500.csv")).toBeNull();
    expect(parseExportPath("invocations/2025/02/10/150060.csv")).toBeNull();
    expect(() => csvPath("jobs", END + 1)).toThrow(/second/);
  });

  it.each([
    "../../etc/passwd",
    `audit/validator/../${HOTKEY}/7.json`,
    `/audit/validator/${HOTKEY}/7.json`,
    `audit/validator/${HOTKEY}/7.json\n`,
    `audit/validator/${HOTKEY}/07.json`,
    `audit/validator/${HOTKEY}/-1.json`,
    `audit/validator/${HOTKEY.replace("c", "d")}/7.json`,
    `audit/validator/${HOTKEY}'; drop table entries;--/7.json`,
    "invocations/2025/02/30/15.csv",
    "invocations/2025/02/10/24.csv",
    "invocations/2025/02/10/15.csv/../16.csv",
    "invocations/2025/02/10/15-users.csv",
    "invocations\\2025\\02\\10\\15.csv",
    "",
  ])("%j is refused", (text) => {
    expect(parseExportPath(text)).toBeNull();
  });

  it("is exact: whatever is read is the one spelling of what it names", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("..", ".", "", "%2e%2e", "\0", "a\u202e"),
        fc.nat(4),
        (odd, place) => {
          const parts = reportPath("miner", HOTKEY, 7).split("/");
          parts.splice(place, 0, odd);
          expect(parseExportPath(parts.join("/"))).toBeNull();
        },
      ),
    );
  });

  it("is asked for with single slashes", () => {
    const url = "https://host/invocations/exports/2025/02/10/15.csv";
    expect(csvUrl("https://host", csvPath("invocations", END))).toBe(url);
    expect(csvUrl("https://host//", csvPath("invocations", END))).toBe(url);
    expect(reportUrl("https://host/", "audit/a b.json")).toBe(
      "https://host/audit/download?path=audit%2Fa%20b.json",
    );
  });

  it("is of a whole hour", () => {
    expect(() => csvPath("reports", END + 1)).toThrow(
      expect.toSatisfy((error) => isCoded(error, "PATH_INVALID")),
    );
  });
});
