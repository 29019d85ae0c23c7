import type { AuditStore } from "@neurond/audit/io";
import { type ExportedRun, verdictLine } from "@neurond/ingest";
import type { App } from "@neurond/runtime";
import { z } from "zod";
import { countedRun } from "./counted-run.ts";
import type { WatchedValidator } from "./watched-validator.ts";

/** What serving verdicts on runs needs. */
export interface RunsApiDeps {
  readonly find: (named: string) => WatchedValidator;
  readonly state: { exportedRuns(source: ExportedRun["source"]): Promise<readonly ExportedRun[]> };
  readonly store: Pick<AuditStore, "readRun">;
}

const VERDICTS = ["agrees", "differs", "not_whole", "unjudged"] as const;

/** Serves what exported rows say of runs of a validator of ours, read-only. */
export function serveExportedRuns(app: App, { find, state, store }: RunsApiDeps): void {
  app.get(
    "/v1/validators/:validator/runs",
    {
      schema: {
        summary: "Runs recomputed from exported rows, newest first; none for other software",
        params: z.object({ validator: z.string().max(100) }),
        querystring: z.object({
          limit: z.coerce.number().int().min(1).max(5_000).default(500),
          verdict: z.enum(VERDICTS).optional(),
        }),
      },
    },
    async ({ params, query }) => {
      const all = await state.exportedRuns(find(params.validator).setting.hotkey);
      const wanted = all
        .filter(({ verdict }) => query.verdict === undefined || verdict.kind === query.verdict)
        .toReversed()
        .slice(0, query.limit);
      return { runs: await Promise.all(wanted.map((run) => describe(run, store))) };
    },
  );
}

async function describe(run: ExportedRun, store: Pick<AuditStore, "readRun">) {
  const { runId, family, workload, entryId, endTime, reportSha256, verdict, judgedMs } = run;
  const { report, weights } = await countedRun(run, store);
  return {
    run_id: runId,
    family,
    workload,
    verdict: verdict.kind,
    field: verdict.kind === "differs" ? verdict.field : null,
    stated: verdict.kind === "differs" ? verdict.stated : null,
    recomputed: verdict.kind === "differs" ? verdict.recomputed : null,
    rows: "rows" in verdict ? verdict.rows : null,
    detail: verdictLine(verdict),
    scores_hash: verdict.kind === "agrees" ? verdict.hash : null,
    report_sha256: reportSha256,
    counted_report: report,
    weights,
    entry_id: entryId,
    end: new Date(endTime / 1_000).toISOString(),
    judged_at: new Date(judgedMs).toISOString(),
  };
}
