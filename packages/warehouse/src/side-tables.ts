import type { StagedCsv } from "./csv-file.ts";
import { csvSource, doubleOf, idOf, timeOf } from "./csv-source.ts";
import type { Engine } from "./engine.ts";

/** Adds a reports export. Its `invocation_id` is that of the whole request. */
export async function insertReports(engine: Engine, csv: StagedCsv, seq: number): Promise<void> {
  const { table, cell } = csvSource(csv, ["invocation_id", "confirmed_at"]);
  await engine.run(
    `INSERT INTO reports SELECT $seq, ${idOf(cell("invocation_id"))}, ${cell("user_id")},
       ${timeOf(cell("timestamp"))}, ${timeOf(cell("confirmed_at"))}, ${cell("confirmed_by")},
       ${cell("reason")} FROM ${table}`,
    { seq },
  );
}

/** Adds a jobs export; uid, hotkey and `miner_terminated` may be empty. */
export async function insertJobs(engine: Engine, csv: StagedCsv, seq: number): Promise<void> {
  const { table, cell } = csvSource(csv, ["job_id"]);
  const texts = (names: readonly string[]) => names.map(cell).join(", ");
  const times = ["created_at", "updated_at", "started_at", "finished_at"].map((name) =>
    timeOf(cell(name)),
  );
  await engine.run(
    `INSERT INTO jobs SELECT $seq,
       ${texts(["job_id", "chute_id", "version", "chutes_version", "method"])},
       TRY_CAST(${cell("miner_uid")} AS INTEGER),
       ${texts(["miner_hotkey", "miner_coldkey", "instance_id"])}, ${times.join(", ")},
       ${cell("status")}, ${doubleOf(cell("compute_multiplier"))},
       TRY_CAST(${cell("miner_terminated")} AS BOOLEAN) FROM ${table}`,
    { seq },
  );
}
