import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CsvReader,
  csvPath,
  INVOCATION_COLUMNS,
  type InvocationRow,
  invocationReader,
  jobReader,
  MICROS_PER_HOUR,
  parseMinerReport,
  parseValidatorReport,
  reportReader,
  treeHead,
  treeLeaf,
  treeRows,
} from "@neurond/exports";
import { isCoded, toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { FAULTS, parseOptions } from "../src/index.ts";
import { auditFolder } from "./audit.ts";
import { digestOf, generated, scratch } from "./folder.ts";

const coded = (code: string) => expect.toSatisfy((error: unknown) => isCoded(error, code));

function readCsv<Row>(
  path: string,
  readerOf: (header: readonly string[]) => (cells: readonly string[]) => Row,
): Row[] {
  const reader = new CsvReader();
  const cells = [...reader.push(readFileSync(path)), ...reader.end()];
  return cells.map(readerOf(reader.header ?? []));
}

const reportsIn = (folder: string, who: "validator" | "miner"): string[] =>
  readdirSync(join(folder, "blobs/audit", who), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));

describe("a generated data set", () => {
  it("is the same bytes for the same seed and others for another", () => {
    using folder = scratch();
    for (const [name, seed] of [
      ["a", "7"],
      ["b", "7"],
      ["c", "8"],
    ] as const)
      generated(folder.path, name, "--seed", seed, "--hours", "3");
    const [a, b, c] = ["a", "b", "c"].map((name) => digestOf(join(folder.path, name)));
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  it("has exports that its readers read, in order, with calls that straddle hours in two of them", () => {
    using folder = scratch();
    const { end, out, hours } = generated(folder.path, "a", "--rate", "1500");
    const seen = new Map<string, InvocationRow>();
    let twice = 0;
    for (let hour = hours - 1; hour >= 0; hour -= 1) {
      const at = end - hour * MICROS_PER_HOUR;
      const rows = readCsv(join(out, "blobs", csvPath("invocations", at)), invocationReader);
      const starts = rows.map(({ started_at }) => started_at);
      expect(starts).toEqual(starts.toSorted((x, y) => x - y));
      for (const row of rows) {
        const before = seen.get(row.invocation_id);
        if (before !== undefined) {
          twice += 1;
          expect(before.completed_at).toBeNull();
          expect(row.completed_at).not.toBeNull();
        }
        seen.set(row.invocation_id, row);
        expect(row.started_at < at && (row.completed_at ?? 0) < at).toBe(true);
      }
      for (const row of readCsv(join(out, "blobs", csvPath("reports", at)), reportReader))
        expect(row.timestamp).toBeLessThan(at);
      for (const row of readCsv(join(out, "blobs", csvPath("jobs", at)), jobReader))
        expect(row.job_id).toHaveLength(36);
    }
    const rows = [...seen.values()];
    expect(twice).toBeGreaterThan(5);
    expect(rows.some(({ error_message }) => error_message?.includes("\n"))).toBe(true);
    expect(rows.some(({ metrics }) => metrics?.p === true)).toBe(true);
    const share = (test: (row: InvocationRow) => boolean) => rows.filter(test).length / rows.length;
    // First attempts that fail are retried: 7 % of requests, on top of 4 % of last attempts.
    expect(share(({ error_message }) => error_message !== null)).toBeCloseTo(0.12, 1);
    expect(share(({ completed_at }) => completed_at === null)).toBeLessThan(0.03);
  });

  it("has reports of the generations asked for", () => {
    using folder = scratch();
    generated(folder.path, "a", "--gen", "g1,g2,g3", "--rate", "50");
    const generations = reportsIn(join(folder.path, "a"), "validator").map(
      (text) => parseValidatorReport(text).generation,
    );
    expect(generations.toSorted()).toEqual(["g1", "g1", "g2", "g2", "g3", "g3"]);
    for (const text of reportsIn(join(folder.path, "a"), "miner"))
      expect(parseMinerReport(text).end_time % MICROS_PER_HOUR).toBe(0);
  });

  it("has in the superset a tree over each hour's calls and a chain of reports", () => {
    using folder = scratch();
    const { out } = generated(folder.path, "a", "--gen", "all");
    const reports = reportsIn(out, "validator")
      .map(parseValidatorReport)
      .toSorted((a, b) => (a.neurond?.sequence ?? 0) - (b.neurond?.sequence ?? 0));
    expect(reports.map(({ neurond }) => neurond?.sequence)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(reports.filter(({ neurond }) => neurond?.previous_sha256 === null)).toHaveLength(1);
    for (const { neurond, csv_exports } of reports) {
      const reader = new CsvReader();
      const cells = [
        ...reader.push(readFileSync(join(out, "blobs", csv_exports?.invocations?.path ?? ""))),
        ...reader.end(),
      ];
      const head = treeHead(
        cells.map(treeRows(reader.header ?? INVOCATION_COLUMNS)).map((row) => treeLeaf(row)),
      );
      expect(neurond?.invocation_tree).toEqual({
        size: head.size,
        root: toHex(head.root).slice(2),
      });
    }
  });

  it("has each fault, and exactly the verdicts that the documented rules give it", () => {
    using folder = scratch();
    const { out } = generated(
      folder.path,
      "a",
      "--hours",
      String(FAULTS.length + 1),
      "--rate",
      "150",
      "--fault",
      "all",
    );
    const truth = JSON.parse(readFileSync(join(out, "truth.json"), "utf8"));
    const expected = Object.fromEntries(
      truth.entries.map((entry: { entry_id: string; verdict: string }) => [
        entry.entry_id,
        entry.verdict,
      ]),
    );
    expect(auditFolder(out)).toEqual(expected);
    expect(new Set(Object.values(expected))).toEqual(
      new Set(["VERIFIED", "MISMATCH", "MISSING", "UNVERIFIABLE", "REFUSED", "QUARANTINED"]),
    );
    expect(truth.findings.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual([
      "BLACKLISTED",
      "DUPLICATE_ENTRY",
      "EQUIVOCATION",
      "NO_CSV",
      "OUT_OF_ORDER",
      "PATH_UNSAFE",
      "RECONCILIATION_REFUSED",
      "REORGED",
      "REPORT_CHAIN_BROKEN",
      "REPORT_REMOVED",
      "REQUEST_EXCLUDED_LATER",
      "SYNTHETIC_MISMATCH",
      "SYNTHETIC_MISSING",
      "TREE_MISMATCH",
    ]);
  });

  it("is clean without faults", () => {
    using folder = scratch();
    const { out } = generated(folder.path, "a");
    expect(new Set(Object.values(auditFolder(out)))).toEqual(new Set(["VERIFIED"]));
    expect(JSON.parse(readFileSync(join(out, "truth.json"), "utf8")).findings).toEqual([]);
  });

  it("never takes the place of a folder", () => {
    using folder = scratch();
    generated(folder.path, "a", "--hours", "1", "--rate", "0");
    expect(() => generated(folder.path, "a", "--hours", "1", "--rate", "0")).toThrow(
      coded("OUT_EXISTS"),
    );
  });
});

describe("the generator's options", () => {
  it.each([
    [["--hours", "0"]],
    [["--rate", "many"]],
    [["--gen", "g4"]],
    [["--fault", "gremlins"]],
    [["--end", "2025-10-27T00:30:00Z"]],
    [["--colour", "red"]],
    [["--hours", "2", "--fault", "tampered-csv,tampered-json"]],
  ])("%j are refused", (args) => {
    expect(() => parseOptions(["--out", "nowhere", ...args])).toThrow(coded("OPTION_INVALID"));
  });

  it("must name a folder", () => {
    expect(() => parseOptions([])).toThrow(coded("OPTION_INVALID"));
  });
});
