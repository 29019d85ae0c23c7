import type { StagedCsv } from "./csv-file.ts";
import { quoted } from "./engine.ts";
import { warehouseError } from "./errors.ts";

const MAX_ROW_BYTES = 2 * 1024 * 1024;
// Each thread takes a buffer at a time: of an hour of 20 MB, one of the usual 32 MB would leave the rest idle.
const BUFFER_BYTES = 2 * MAX_ROW_BYTES;
const EARLIEST = Date.UTC(2000) * 1_000;
const LATEST = Date.UTC(2200) * 1_000;

/** A CSV as a table of SQL whose cells are texts; empty is null. */
export interface CsvSource {
  /** For `FROM`. */
  readonly table: string;
  /** The cell of a column, by the name in the header; `NULL` where the file has no such column. */
  cell(name: string): string;
}

/**
 * Reads by header name, in any order of columns; others are skipped. No text of the file becomes SQL: its
 * columns are called c0, c1, …
 */
export function csvSource({ path, header }: StagedCsv, required: readonly string[]): CsvSource {
  for (const name of required) {
    if (header.includes(name)) continue;
    throw warehouseError("COLUMN_MISSING", `the export has no column ${name}`, { column: name });
  }
  const columns = header.map((_, at) => `c${at}: 'VARCHAR'`).join(", ");
  return {
    table: `read_csv(${quoted(path)}, auto_detect = false, header = true, delim = ',', quote = '"',
      escape = '"', columns = {${columns}}, max_line_size = ${MAX_ROW_BYTES}, buffer_size = ${BUFFER_BYTES})`,
    cell(name) {
      const at = header.indexOf(name);
      return at < 0 ? "NULL" : `c${at}`;
    },
  };
}

/** A cell as microseconds; naive is UTC, an offset is converted, what is no time is null. */
export function timeOf(cell: string): string {
  return plausible(microsOf(cell));
}

/** As `timeOf`, but of any year. */
export function microsOf(cell: string): string {
  const isZoned = `contains(substr(${cell}, 20), '+') OR contains(substr(${cell}, 20), '-')`;
  return `epoch_us(CASE WHEN ${isZoned} THEN CAST(TRY_CAST(${cell} AS TIMESTAMPTZ) AS TIMESTAMP)
    ELSE TRY_CAST(${cell} AS TIMESTAMP) END)`;
}

/** Microseconds of 2000 to 2200, else null. */
export function plausible(micros: string): string {
  return `CASE WHEN ${micros} BETWEEN ${EARLIEST} AND ${LATEST} THEN ${micros} END`;
}

/** A cell as a finite double. */
export function doubleOf(cell: string): string {
  return finite(`TRY_CAST(${cell} AS DOUBLE)`);
}

/** A double without its `nan` and infinities. */
export function finite(value: string): string {
  return `CASE WHEN isfinite(${value}) THEN ${value} END`;
}

/** A cell as an id; a text that is no uuid stands for itself by its MD5, so that no row is lost. */
export function idOf(cell: string): string {
  return `coalesce(TRY_CAST(${cell} AS UUID), CAST(md5(${cell}) AS UUID))`;
}
