import { type Cells, number, numberOrNull, text, textOrNull } from "./cells.ts";
import type { Micros, Seen } from "./rows.ts";
import type { Warehouse } from "./warehouse.ts";
import { endValue, fixWindow, KNOWN_ENTRIES, type WindowOptions } from "./window.ts";

/** A job as the newest export states it. */
export interface KnownJob extends Seen {
  readonly jobId: string;
  readonly chuteId: string | null;
  readonly version: string | null;
  readonly chutesVersion: string | null;
  readonly method: string | null;
  readonly minerUid: number | null;
  readonly minerHotkey: string | null;
  readonly minerColdkey: string | null;
  readonly instanceId: string | null;
  readonly createdAt: Micros | null;
  readonly updatedAt: Micros | null;
  readonly startedAt: Micros | null;
  readonly finishedAt: Micros | null;
  readonly status: string | null;
  readonly computeMultiplier: number | null;
  readonly minerTerminated: boolean | null;
}

/** Every job once, by the newest export that holds it, ordered by id. */
export async function latestJobs(
  warehouse: Warehouse,
  options: WindowOptions = {},
): Promise<readonly KnownJob[]> {
  const { engine } = warehouse;
  return await engine.exclusive(async () => {
    const window = await fixWindow(warehouse, options);
    const rows = await engine.rows(
      `WITH ${KNOWN_ENTRIES} SELECT * EXCLUDE (version_number) FROM (
         SELECT jobs.*, end_time AS seen_at, row_number() OVER (PARTITION BY job_id
           ORDER BY rank DESC, updated_at DESC NULLS LAST, hash(jobs)) AS version_number
         FROM jobs JOIN known USING (seq) WHERE job_id IS NOT NULL)
       WHERE version_number = 1 ORDER BY job_id`,
      endValue(window),
    );
    return rows.map(jobOf);
  });
}

function jobOf(row: Cells): KnownJob {
  return {
    jobId: text(row, "job_id"),
    chuteId: textOrNull(row, "chute_id"),
    version: textOrNull(row, "version"),
    chutesVersion: textOrNull(row, "chutes_version"),
    method: textOrNull(row, "method"),
    minerUid: numberOrNull(row, "miner_uid"),
    minerHotkey: textOrNull(row, "miner_hotkey"),
    minerColdkey: textOrNull(row, "miner_coldkey"),
    instanceId: textOrNull(row, "instance_id"),
    createdAt: numberOrNull(row, "created_at"),
    updatedAt: numberOrNull(row, "updated_at"),
    startedAt: numberOrNull(row, "started_at"),
    finishedAt: numberOrNull(row, "finished_at"),
    status: textOrNull(row, "status"),
    computeMultiplier: numberOrNull(row, "compute_multiplier"),
    minerTerminated: row["miner_terminated"] === null ? null : row["miner_terminated"] === true,
    seenAt: number(row, "seen_at"),
  };
}
