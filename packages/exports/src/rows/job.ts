import {
  booleanAt,
  CellReader,
  floatAt,
  integerAt,
  requiredText,
  textAt,
  timeAt,
} from "../csv/cells.ts";
import type { Cells } from "../csv/reader.ts";
import { csvBoolean, csvFloat, csvInteger, csvTime } from "../csv/writer.ts";
import type { Micros } from "../timestamp.ts";

/** Columns of a jobs export. */
export const JOB_COLUMNS = [
  "job_id",
  "chute_id",
  "version",
  "chutes_version",
  "method",
  "miner_uid",
  "miner_hotkey",
  "miner_coldkey",
  "instance_id",
  "created_at",
  "updated_at",
  "started_at",
  "finished_at",
  "status",
  "compute_multiplier",
  "miner_terminated",
] as const;

/** A long-running piece of work; who does it is unknown until somebody took it. */
export interface JobRow {
  readonly job_id: string;
  readonly chute_id: string | null;
  readonly version: string | null;
  readonly chutes_version: string | null;
  readonly method: string | null;
  readonly miner_uid: number | null;
  readonly miner_hotkey: string | null;
  readonly miner_coldkey: string | null;
  readonly instance_id: string | null;
  readonly created_at: Micros | null;
  readonly updated_at: Micros | null;
  readonly started_at: Micros | null;
  readonly finished_at: Micros | null;
  readonly status: string | null;
  readonly compute_multiplier: number | null;
  readonly miner_terminated: boolean | null;
}

/** A reader of rows under this header. @throws CodedError ROW_INVALID, here and for each row */
export function jobReader(header: Cells): (cells: Cells) => JobRow {
  const reader = new CellReader(header);
  reader.require(["job_id"]);
  const place = Object.fromEntries(JOB_COLUMNS.map((name) => [name, reader.place(name)]));
  const at = (name: (typeof JOB_COLUMNS)[number]) => place[name] ?? -1;
  return (cells) => ({
    job_id: requiredText(cells, at("job_id"), "job_id"),
    chute_id: textAt(cells, at("chute_id")),
    version: textAt(cells, at("version")),
    chutes_version: textAt(cells, at("chutes_version")),
    method: textAt(cells, at("method")),
    miner_uid: integerAt(cells, at("miner_uid"), "miner_uid"),
    miner_hotkey: textAt(cells, at("miner_hotkey")),
    miner_coldkey: textAt(cells, at("miner_coldkey")),
    instance_id: textAt(cells, at("instance_id")),
    created_at: timeAt(cells, at("created_at"), "created_at"),
    updated_at: timeAt(cells, at("updated_at"), "updated_at"),
    started_at: timeAt(cells, at("started_at"), "started_at"),
    finished_at: timeAt(cells, at("finished_at"), "finished_at"),
    status: textAt(cells, at("status")),
    compute_multiplier: floatAt(cells, at("compute_multiplier"), "compute_multiplier"),
    miner_terminated: booleanAt(cells, at("miner_terminated"), "miner_terminated"),
  });
}

/** The cells of a row in the order of `JOB_COLUMNS`. */
export function jobCells(row: JobRow): readonly string[] {
  return [
    row.job_id,
    row.chute_id ?? "",
    row.version ?? "",
    row.chutes_version ?? "",
    row.method ?? "",
    csvInteger(row.miner_uid) ?? "",
    row.miner_hotkey ?? "",
    row.miner_coldkey ?? "",
    row.instance_id ?? "",
    csvTime(row.created_at) ?? "",
    csvTime(row.updated_at) ?? "",
    csvTime(row.started_at) ?? "",
    csvTime(row.finished_at) ?? "",
    row.status ?? "",
    csvFloat(row.compute_multiplier) ?? "",
    csvBoolean(row.miner_terminated) ?? "",
  ];
}
