import {
  CellReader,
  floatAt,
  integerAt,
  present,
  requiredText,
  textAt,
  timeAt,
} from "../csv/cells.ts";
import type { Cells } from "../csv/reader.ts";
import { csvFloat, csvTime } from "../csv/writer.ts";
import { type Metrics, readMetrics, writeMetrics } from "../metrics.ts";
import type { Micros } from "../timestamp.ts";

/** Columns of an invocations export, in upstream's order. */
export const INVOCATION_COLUMNS = [
  "parent_invocation_id",
  "invocation_id",
  "chute_id",
  "chute_user_id",
  "function_name",
  "image_id",
  "image_user_id",
  "instance_id",
  "miner_uid",
  "miner_hotkey",
  "started_at",
  "completed_at",
  "error_message",
  "compute_multiplier",
  "bounty",
  "metrics",
] as const;

/** One attempt at one target. */
export interface InvocationRow {
  /** One user request: the header `X-Chutes-InvocationID`. */
  readonly parent_invocation_id: string;
  readonly invocation_id: string;
  readonly chute_id: string;
  readonly chute_user_id: string | null;
  readonly function_name: string | null;
  readonly image_id: string | null;
  readonly image_user_id: string | null;
  readonly instance_id: string;
  /** Negative: auditors pass the row over. */
  readonly miner_uid: number;
  readonly miner_hotkey: string;
  readonly started_at: Micros;
  /** Set on success and on error; null in flight or lost. */
  readonly completed_at: Micros | null;
  readonly error_message: string | null;
  readonly compute_multiplier: number | null;
  /** Value claimed by this call, else 0. */
  readonly bounty: number;
  readonly metrics: Metrics | null;
}

const REQUIRED = [
  "parent_invocation_id",
  "invocation_id",
  "chute_id",
  "instance_id",
  "miner_uid",
  "miner_hotkey",
  "started_at",
  "completed_at",
  "error_message",
];

/** A reader of rows under this header. @throws CodedError ROW_INVALID, here and for each row */
export function invocationReader(header: Cells): (cells: Cells) => InvocationRow {
  const reader = new CellReader(header);
  reader.require(REQUIRED);
  const [parent, id, chute, chuteUser, fn, image, imageUser, instance] = [
    reader.place("parent_invocation_id"),
    reader.place("invocation_id"),
    reader.place("chute_id"),
    reader.place("chute_user_id"),
    reader.place("function_name"),
    reader.place("image_id"),
    reader.place("image_user_id"),
    reader.place("instance_id"),
  ];
  const [uid, hotkey, started, completed, error, multiplier, bounty, metrics] = [
    reader.place("miner_uid"),
    reader.place("miner_hotkey"),
    reader.place("started_at"),
    reader.place("completed_at"),
    reader.place("error_message"),
    reader.place("compute_multiplier"),
    reader.place("bounty"),
    reader.place("metrics"),
  ];
  return (cells) => ({
    parent_invocation_id: requiredText(cells, parent, "parent_invocation_id"),
    invocation_id: requiredText(cells, id, "invocation_id"),
    chute_id: requiredText(cells, chute, "chute_id"),
    chute_user_id: textAt(cells, chuteUser),
    function_name: textAt(cells, fn),
    image_id: textAt(cells, image),
    image_user_id: textAt(cells, imageUser),
    instance_id: requiredText(cells, instance, "instance_id"),
    miner_uid: present(integerAt(cells, uid, "miner_uid"), "miner_uid"),
    miner_hotkey: requiredText(cells, hotkey, "miner_hotkey"),
    started_at: present(timeAt(cells, started, "started_at"), "started_at"),
    completed_at: timeAt(cells, completed, "completed_at"),
    error_message: textAt(cells, error),
    compute_multiplier: floatAt(cells, multiplier, "compute_multiplier"),
    bounty: floatAt(cells, bounty, "bounty") ?? 0,
    metrics: readMetrics(cells[metrics] ?? ""),
  });
}

/** The cells of a row in the order of `INVOCATION_COLUMNS`. */
export function invocationCells(row: InvocationRow): readonly string[] {
  return [
    row.parent_invocation_id,
    row.invocation_id,
    row.chute_id,
    row.chute_user_id ?? "",
    row.function_name ?? "",
    row.image_id ?? "",
    row.image_user_id ?? "",
    row.instance_id,
    String(row.miner_uid),
    row.miner_hotkey,
    csvTime(row.started_at) ?? "",
    csvTime(row.completed_at) ?? "",
    row.error_message ?? "",
    csvFloat(row.compute_multiplier) ?? "",
    String(row.bounty),
    row.metrics === null ? "" : writeMetrics(row.metrics),
  ];
}
