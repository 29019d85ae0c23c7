import { CellReader, floatAt, present, requiredText, timeAt } from "../csv/cells.ts";
import type { Cells } from "../csv/reader.ts";
import { csvFloat, csvTime } from "../csv/writer.ts";
import type { ComputeHistoryRow } from "../reports/instances.ts";
import type { Micros } from "../timestamp.ts";

/** Columns of the feed `instances/reconciliation_csv`, which nobody committed to. */
export const RECONCILIATION_COLUMNS = ["instance_id", "deleted_at"] as const;

/** Columns of the feed `instances/compute_history_csv`, which nobody committed to. */
export const HISTORY_COLUMNS = [
  "instance_id",
  "compute_multiplier",
  "started_at",
  "ended_at",
] as const;

/** What the validator says now about an instance's end. */
export interface ReconciliationRow {
  readonly instance_id: string;
  readonly deleted_at: Micros | null;
}

/** A reader of rows under this header. @throws CodedError ROW_INVALID, here and for each row */
export function reconciliationReader(header: Cells): (cells: Cells) => ReconciliationRow {
  const reader = new CellReader(header);
  reader.require(RECONCILIATION_COLUMNS);
  const [id, deleted] = [reader.place("instance_id"), reader.place("deleted_at")];
  return (cells) => ({
    instance_id: requiredText(cells, id, "instance_id"),
    deleted_at: timeAt(cells, deleted, "deleted_at"),
  });
}

/** A reader of rows under this header. @throws CodedError ROW_INVALID, here and for each row */
export function historyReader(header: Cells): (cells: Cells) => ComputeHistoryRow {
  const reader = new CellReader(header);
  reader.require(HISTORY_COLUMNS);
  const [id, multiplier, started, ended] = [
    reader.place("instance_id"),
    reader.place("compute_multiplier"),
    reader.place("started_at"),
    reader.place("ended_at"),
  ];
  return (cells) => ({
    instance_id: requiredText(cells, id, "instance_id"),
    compute_multiplier: present(
      floatAt(cells, multiplier, "compute_multiplier"),
      "compute_multiplier",
    ),
    started_at: present(timeAt(cells, started, "started_at"), "started_at"),
    ended_at: timeAt(cells, ended, "ended_at"),
  });
}

/** The cells of a row in the order of `RECONCILIATION_COLUMNS`. */
export function reconciliationCells(row: ReconciliationRow): readonly string[] {
  return [row.instance_id, csvTime(row.deleted_at) ?? ""];
}

/** The cells of a row in the order of `HISTORY_COLUMNS`. */
export function historyCells(row: ComputeHistoryRow): readonly string[] {
  const { instance_id, compute_multiplier, started_at, ended_at } = row;
  return [
    instance_id,
    csvFloat(compute_multiplier) ?? "",
    csvTime(started_at) ?? "",
    csvTime(ended_at) ?? "",
  ];
}
