import { join } from "node:path";
import {
  type CsvTable,
  csvPath,
  EMPTY_TREE,
  JOB_COLUMNS,
  type JobRow,
  jobCells,
  type Micros,
  REPORT_COLUMNS,
  reportCells,
  type TreeHead,
} from "@neurond/exports";
import type { FaultPlan } from "../faults.ts";
import type { Shape } from "../options.ts";
import type { Attempt } from "../traffic/attempt.ts";
import type { Complaints } from "../traffic/complaints.ts";
import type { UsageCounter } from "../truth/usage.ts";
import type { Cast } from "../world/cast.ts";
import { CsvFile } from "./files.ts";
import type { Finding } from "./findings.ts";
import { InvocationsFile } from "./invocations-file.ts";
import { SliceCounts } from "./miner-report.ts";
import type { Straddlers } from "./straddlers.ts";
import { type SyntheticRecord, syntheticOf } from "./synthetics.ts";

/** What a slice is made from. */
export interface SliceInput {
  readonly root: string;
  readonly hour: number;
  readonly start: Micros;
  readonly end: Micros;
  readonly shape: Shape;
  readonly cast: Cast;
  readonly plan: FaultPlan;
  readonly calls: Iterable<Attempt>;
  readonly jobs: readonly JobRow[];
  readonly complaints: Complaints;
  readonly straddlers: Straddlers;
  readonly usage: UsageCounter;
  readonly synthetics: SyntheticRecord[];
  readonly findings: Finding[];
}

/** What came of it. */
export interface SliceOutcome {
  readonly csvSha256: Readonly<Record<CsvTable, Uint8Array>> | null;
  readonly tree: TreeHead;
  readonly counts: SliceCounts;
  readonly rows: number;
}

/** Lets an hour happen: every call is counted, and exported if its generation exports calls. */
export function runSlice(input: SliceInput): SliceOutcome {
  const { end, shape, usage, straddlers, synthetics } = input;
  const counts = new SliceCounts();
  const file =
    shape === "g3"
      ? null
      : new InvocationsFile(blob(input, "invocations"), { ...input, hasTree: shape === "all" });
  for (const attempt of straddlers.take(end)) {
    file?.write(attempt);
    counts.add(attempt);
  }
  for (const attempt of input.calls) {
    usage.add(attempt);
    if (attempt.isSynthetic) synthetics.push(syntheticOf(attempt));
    if (attempt.completed < end) counts.add(attempt);
    straddlers.hold(attempt, end);
    file?.write(attempt);
  }
  const complaints = input.complaints.takeSlice(end);
  if (file === null) return { csvSha256: null, tree: EMPTY_TREE, counts, rows: 0 };
  const { sha256: invocations, tree, rows } = file.close();
  const reports = table(blob(input, "reports"), REPORT_COLUMNS, complaints.map(reportCells));
  const jobs = table(blob(input, "jobs"), JOB_COLUMNS, input.jobs.map(jobCells));
  return { csvSha256: { invocations, reports, jobs }, tree, counts, rows };
}

const blob = ({ root, end }: SliceInput, name: CsvTable): string =>
  join(root, "blobs", csvPath(name, end));

function table(
  path: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): Uint8Array {
  const file = new CsvFile(path, columns);
  for (const cells of rows) file.write(cells);
  return file.close();
}
