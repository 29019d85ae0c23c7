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
import { Complaints } from "../traffic/complaints.ts";
import { jobsOf } from "../traffic/jobs.ts";
import { Traffic } from "../traffic/traffic.ts";
import type { Slice, World } from "../world/world.ts";
import { CsvFile } from "./files.ts";
import { InvocationsFile } from "./invocations-file.ts";
import { SliceCounts } from "./miner-report.ts";
import type { Notes } from "./notes.ts";
import { Straddlers } from "./straddlers.ts";
import { syntheticOf } from "./synthetics.ts";

/** Where the events of each hour come from; what is left of one hour goes into the next. */
export class Sources {
  readonly complaints: Complaints;
  readonly traffic: Traffic;
  readonly jobs: ReadonlyMap<Micros, readonly JobRow[]>;
  readonly straddlers = new Straddlers();

  constructor(world: World) {
    this.complaints = new Complaints(world.cast.validator.hotkey);
    this.traffic = new Traffic(world, this.complaints);
    this.jobs = jobsOf(world.options, world.cast);
  }
}

/** What came of it. */
export interface SliceOutcome {
  readonly csvSha256: Readonly<Record<CsvTable, Uint8Array>> | null;
  readonly tree: TreeHead;
  readonly counts: SliceCounts;
  readonly rows: number;
}

/** Lets an hour happen: every call is counted, and exported if its generation exports calls. */
export function runSlice(
  root: string,
  slice: Slice,
  world: World,
  { usage, synthetics, findings }: Notes,
  { traffic, straddlers, complaints, jobs }: Sources,
): SliceOutcome {
  const { start, end, shape } = slice;
  const blob = (name: CsvTable) => join(root, "blobs", csvPath(name, end));
  const file =
    shape === "g3" ? null : new InvocationsFile(blob("invocations"), slice, world, findings);
  const counts = new SliceCounts();
  for (const attempt of straddlers.take(end)) {
    file?.write(attempt);
    counts.add(attempt);
  }
  for (const attempt of traffic.slice(start)) {
    usage.add(attempt);
    if (attempt.isSynthetic) synthetics.push(syntheticOf(attempt));
    if (attempt.completed < end) counts.add(attempt);
    straddlers.hold(attempt, end);
    file?.write(attempt);
  }
  const complained = complaints.takeSlice(end);
  if (file === null) return { csvSha256: null, tree: EMPTY_TREE, counts, rows: 0 };
  const { sha256: invocations, tree, rows } = file.close();
  const reports = table(blob("reports"), REPORT_COLUMNS, complained.map(reportCells));
  const started = table(blob("jobs"), JOB_COLUMNS, (jobs.get(end) ?? []).map(jobCells));
  return { csvSha256: { invocations, reports, jobs: started }, tree, counts, rows };
}

function table(
  path: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): Uint8Array {
  const file = new CsvFile(path, columns);
  for (const cells of rows) file.write(cells);
  return file.close();
}
