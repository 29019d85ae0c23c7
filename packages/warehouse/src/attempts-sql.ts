import { quoted } from "./engine.ts";
import { HOUR_US } from "./rows.ts";
import { invocationsFile, type Warehouse } from "./warehouse.ts";

/** An entry by its number and its id. */
export interface Numbered {
  readonly seq: number;
  readonly entryId: string;
}

const LEGACY_PUBLIC_CHUTE = "561e4875-254d-588f-a36f-57c9cdef8961"; // private before there was a flag

/** The rows of these entries' files, with `seq` and `row` which name each for good. */
export function filesOf(warehouse: Warehouse, entries: readonly Numbered[]): string {
  return entries
    .map(
      ({ seq, entryId }) =>
        `SELECT ${seq} AS seq, file_row_number AS row, * EXCLUDE (file_row_number) FROM
         read_parquet(${quoted(invocationsFile(warehouse, entryId))}, file_row_number = true)`,
    )
    .join(" UNION ALL ");
}

/** The paths of these entries' files, as `read_parquet` takes them. */
export function pathsOf(warehouse: Pick<Warehouse, "files">, entries: readonly Numbered[]): string {
  return `[${entries.map(({ entryId }) => quoted(invocationsFile(warehouse, entryId))).join(", ")}]`;
}

/** An id in eight bytes, by which files are passed over that do not hold it. A match is looked at in full. */
export const idDigest = (column: string) => `md5_number_lower(${column}::VARCHAR)`;

/**
 * What each row of `source` adds to the measures of its hotkey, were it the only version of its attempt
 * and not reported. Work is seconds times multiplier in 10^-12, rounded half away from zero, the one
 * place where a double becomes an integer; what exceeds 10^15 counts 0.
 */
export function measured(source: string): string {
  return `SELECT seq, row, invocation_id, parent_invocation_id, started_at // ${HOUR_US} AS hour,
      miner_hotkey, chute_id, function_name, completed_at,
      counts AS attempts,
      counts * is_public::INT AS public_rows,
      counts * (is_public AND is_success)::INT AS invocations,
      counts * (is_public AND bounty > 0)::INT AS bounties,
      counts * bounty AS bounty_units,
      counts * CASE WHEN is_public AND is_success THEN pico ELSE 0 END AS public_work,
      counts * is_success::INT AS successes,
      counts * pico AS demand_work,
      counts * work AS work_double
    FROM (SELECT *, (miner_uid >= 0)::INT AS counts,
        CASE WHEN abs(work) <= 1e15 THEN CAST(round(work * 1e12) AS HUGEINT) ELSE 0 END AS pico
      FROM (SELECT *, coalesce(compute_multiplier, 0) * (${WORK_SECONDS}) AS work,
          completed_at IS NOT NULL AND error_message IS NULL AS is_success,
          NOT coalesce(p, false) OR coalesce(chute_id = '${LEGACY_PUBLIC_CHUTE}', false) AS is_public
        FROM (${source})))`;
}

/** By the first measure a row has: normalised compute, steps, tokens, the clock, which never runs back. */
const WORK_SECONDS = `CASE
  WHEN nc > 0 THEN nc
  WHEN steps > 0 AND masps IS NOT NULL THEN steps * masps
  WHEN it > 0 AND ot > 0 AND maspt IS NOT NULL THEN (it + ot) * maspt
  WHEN completed_at IS NULL OR started_at IS NULL THEN 0
  ELSE greatest(0, completed_at - started_at) / 1e6 END`;
