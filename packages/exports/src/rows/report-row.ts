import { CellReader, present, requiredText, textAt, timeAt } from "../csv/cells.ts";
import type { Cells } from "../csv/reader.ts";
import { formatCsvTime, type Micros } from "../timestamp.ts";

/** Columns of a reports export. */
export const REPORT_COLUMNS = [
  "invocation_id",
  "user_id",
  "timestamp",
  "confirmed_at",
  "confirmed_by",
  "reason",
] as const;

/** A complaint about a request; a confirmed one takes all its attempts out of the scores. */
export interface ReportRow {
  /** The PARENT id: a report speaks of a request, not of an attempt. */
  readonly invocation_id: string;
  readonly user_id: string | null;
  readonly timestamp: Micros;
  readonly confirmed_at: Micros | null;
  readonly confirmed_by: string | null;
  readonly reason: string | null;
}

/** A reader of rows under this header. @throws CodedError ROW_INVALID, here and for each row */
export function reportReader(header: Cells): (cells: Cells) => ReportRow {
  const reader = new CellReader(header);
  reader.require(["invocation_id", "timestamp", "confirmed_at"]);
  const [id, user, timestamp] = [
    reader.place("invocation_id"),
    reader.place("user_id"),
    reader.place("timestamp"),
  ];
  const [confirmed, by, reason] = [
    reader.place("confirmed_at"),
    reader.place("confirmed_by"),
    reader.place("reason"),
  ];
  return (cells) => ({
    invocation_id: requiredText(cells, id, "invocation_id"),
    user_id: textAt(cells, user),
    timestamp: present(timeAt(cells, timestamp, "timestamp"), "timestamp"),
    confirmed_at: timeAt(cells, confirmed, "confirmed_at"),
    confirmed_by: textAt(cells, by),
    reason: textAt(cells, reason),
  });
}

/** The cells of a row in the order of `REPORT_COLUMNS`; times of this table carry their offset. */
export function reportCells(row: ReportRow): readonly string[] {
  return [
    row.invocation_id,
    row.user_id ?? "",
    withOffset(row.timestamp),
    row.confirmed_at === null ? "" : withOffset(row.confirmed_at),
    row.confirmed_by ?? "",
    row.reason ?? "",
  ];
}

const withOffset = (time: Micros): string => `${formatCsvTime(time)}+00:00`;
