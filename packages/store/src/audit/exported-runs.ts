import type { ExportedRun } from "@neurond/ingest";
import type { Hotkey } from "@neurond/primitives";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";

/** Keeps verdicts on runs; one about an entry that was forgotten meanwhile is dropped. */
export async function insertExportedRuns(
  database: Kysely<Tables>,
  runs: readonly ExportedRun[],
): Promise<void> {
  if (runs.length === 0) return;
  await database.transaction().execute(async (transaction) => {
    for (const run of runs) {
      const { source, entryId, workload, endTime, reportSha256, verdict, asOf, judgedMs } = run;
      // Names come from a stranger's report, which may hold what Postgres has no text for.
      const [runId, family, rule] = [run.runId, run.family, workload].map(plain);
      await sql`insert into exported_runs (source, entry_id, run_id, family, workload, end_time,
          report_sha256, kind, verdict, as_of, judged_ms)
        select source, entry_id, ${runId}, ${family}, ${rule}, ${endTime}::bigint, ${reportSha256},
          ${verdict.kind}, ${plain(JSON.stringify(verdict))}, ${asOf}::bigint, ${judgedMs}::bigint
        from audit_entries where source = ${source} and entry_id = ${entryId}
        on conflict (source, entry_id, run_id, family) do update set kind = excluded.kind,
          verdict = excluded.verdict, as_of = excluded.as_of, judged_ms = excluded.judged_ms`.execute(
        transaction,
      );
    }
  });
}

/** Verdicts on all runs of a source, oldest slice first. */
export async function readExportedRuns(
  database: Kysely<Tables>,
  source: Hotkey,
): Promise<readonly ExportedRun[]> {
  const rows = await database
    .selectFrom("exported_runs")
    .selectAll()
    .where("source", "=", source)
    .orderBy("end_time")
    .orderBy(sql`run_id collate "C"`)
    .execute();
  return rows.map((row) => ({
    source,
    entryId: row.entry_id,
    endTime: row.end_time,
    runId: row.run_id,
    family: row.family,
    workload: row.workload,
    reportSha256: row.report_sha256,
    verdict: JSON.parse(row.verdict) as ExportedRun["verdict"],
    asOf: row.as_of,
    judgedMs: row.judged_ms,
  }));
}

const plain = (text: string): string => text.replaceAll("\0", "").toWellFormed();
