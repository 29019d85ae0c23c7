import { isCoded } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CsvReader } from "../src/csv/reader.ts";
import { csvLine } from "../src/csv/writer.ts";
import { historyReader, reconciliationReader } from "../src/rows/feeds.ts";
import {
  INVOCATION_COLUMNS,
  type InvocationRow,
  invocationCells,
  invocationReader,
} from "../src/rows/invocation.ts";
import { JOB_COLUMNS, type JobRow, jobCells, jobReader } from "../src/rows/job.ts";
import {
  REPORT_COLUMNS,
  type ReportRow,
  reportCells,
  reportReader,
} from "../src/rows/report-row.ts";

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const time = fc.integer({ min: 0, max: 4_102_444_800_000_000 });
const float = fc.double({ noNaN: true, noDefaultInfinity: true });

const invocation: fc.Arbitrary<InvocationRow> = fc.record({
  parent_invocation_id: fc.uuid(),
  invocation_id: fc.uuid(),
  chute_id: fc.uuid(),
  chute_user_id: optional(fc.uuid()),
  function_name: optional(text),
  image_id: optional(fc.uuid()),
  image_user_id: optional(fc.uuid()),
  instance_id: fc.uuid(),
  miner_uid: fc.integer({ min: -1, max: 255 }),
  miner_hotkey: text,
  started_at: time,
  completed_at: optional(time),
  error_message: optional(text),
  compute_multiplier: optional(float),
  bounty: fc.nat(5_000),
  metrics: optional(
    fc.record(
      { it: fc.nat(), ttft: optional(float), nc: float, p: fc.boolean() },
      { requiredKeys: [] },
    ),
  ),
});
const report: fc.Arbitrary<ReportRow> = fc.record({
  invocation_id: fc.uuid(),
  user_id: optional(fc.uuid()),
  timestamp: time,
  confirmed_at: optional(time),
  confirmed_by: optional(text),
  reason: optional(text),
});
const job: fc.Arbitrary<JobRow> = fc.record({
  job_id: fc.uuid(),
  chute_id: optional(fc.uuid()),
  version: optional(text),
  chutes_version: optional(text),
  method: optional(text),
  miner_uid: optional(fc.nat(255)),
  miner_hotkey: optional(text),
  miner_coldkey: optional(text),
  instance_id: optional(fc.uuid()),
  created_at: optional(time),
  updated_at: optional(time),
  started_at: optional(time),
  finished_at: optional(time),
  status: optional(text),
  compute_multiplier: optional(float),
  miner_terminated: optional(fc.boolean()),
});

function readBack<Row>(
  columns: readonly string[],
  lines: readonly (readonly string[])[],
  readerOf: (header: readonly string[]) => (cells: readonly string[]) => Row,
): Row[] {
  const reader = new CsvReader();
  const bytes = new TextEncoder().encode([columns, ...lines].map(csvLine).join(""));
  const cells = [...reader.push(bytes), ...reader.end()];
  return cells.map(readerOf(reader.header ?? []));
}

const code = (name: string) => expect.toSatisfy((error: unknown) => isCoded(error, name));

describe("typed rows", () => {
  it("come back as they were written", () => {
    fc.assert(
      fc.property(fc.array(invocation, { maxLength: 3 }), (rows) => {
        expect(readBack(INVOCATION_COLUMNS, rows.map(invocationCells), invocationReader)).toEqual(
          rows,
        );
      }),
    );
    fc.assert(
      fc.property(fc.array(report, { maxLength: 3 }), (rows) => {
        expect(readBack(REPORT_COLUMNS, rows.map(reportCells), reportReader)).toEqual(rows);
      }),
    );
    fc.assert(
      fc.property(fc.array(job, { maxLength: 3 }), (rows) => {
        expect(readBack(JOB_COLUMNS, rows.map(jobCells), jobReader)).toEqual(rows);
      }),
    );
  });

  it("are read by name: order is free, unknown columns are passed over, optional ones may be absent", () => {
    const header = [
      "metrics",
      "new",
      "started_at",
      "completed_at",
      "error_message",
      "miner_hotkey",
      "miner_uid",
      "instance_id",
      "chute_id",
      "invocation_id",
      "parent_invocation_id",
    ];
    const cells = [
      "{'it': 1}",
      "?",
      "2025-02-10 15:00:00",
      "",
      "RATE_LIMIT",
      "5Dt",
      "7",
      "i",
      "c",
      "a",
      "p",
    ];
    expect(invocationReader(header)(cells)).toMatchObject({
      invocation_id: "a",
      parent_invocation_id: "p",
      miner_uid: 7,
      error_message: "RATE_LIMIT",
      completed_at: null,
      compute_multiplier: null,
      bounty: 0,
      metrics: { it: 1 },
      function_name: null,
    });
  });

  it("are refused without a column that no rule can do without, or with another kind of cell in it", () => {
    expect(() => invocationReader(["invocation_id"])).toThrow(code("ROW_INVALID"));
    const header = ["job_id", "miner_uid", "created_at", "miner_terminated", "compute_multiplier"];
    const read = jobReader(header);
    expect(read(["j", "", "", "", "nan"])).toMatchObject({
      miner_uid: null,
      miner_terminated: null,
      compute_multiplier: null,
    });
    for (const cells of [
      ["", "", "", "", ""],
      ["j", "1.5", "", "", ""],
      ["j", "", "soon", "", ""],
      ["j", "", "", "maybe", ""],
      ["j", "", "", "", "1,5"],
    ]) {
      expect(() => read(cells)).toThrow(code("ROW_INVALID"));
    }
  });

  it("of the feeds are read as upstream writes them", () => {
    expect(reconciliationReader(["instance_id", "deleted_at"])(["i", ""])).toEqual({
      instance_id: "i",
      deleted_at: null,
    });
    expect(
      historyReader(["instance_id", "compute_multiplier", "started_at", "ended_at"])([
        "i",
        "0.3",
        "2025-02-10 15:00:00",
        "",
      ]),
    ).toEqual({
      instance_id: "i",
      compute_multiplier: 0.3,
      started_at: 1_739_199_600_000_000,
      ended_at: null,
    });
  });
});
