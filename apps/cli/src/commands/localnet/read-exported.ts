import { z } from "zod";
import { NEURONS } from "./cast.ts";
import { fetchJson } from "./fetch-json.ts";
import type { ExportedRunView } from "./view.ts";

const Runs = z.object({
  runs: z.array(
    z.object({
      run_id: z.string(),
      verdict: z.enum(["agrees", "differs", "not_whole", "unjudged"]),
      rows: z.int().nullable(),
      detail: z.string(),
      counted_report: z.enum(["same", "other"]).nullable(),
    }),
  ),
});

/** What an auditor recomputed from each validator's exports, oldest first; what it does not answer now is empty. */
export async function readExported(
  base: URL,
  signal: AbortSignal,
): Promise<readonly ExportedRunView[]> {
  const validators = NEURONS.filter(({ role }) => role === "validator");
  const answers = await Promise.all(
    validators.map(async ({ name }) => {
      const found = await fetchJson(Runs, new URL(`/v1/validators/${name}/runs`, base), signal);
      return (found?.runs ?? []).toReversed().map((run) => ({
        validator: name,
        runId: run.run_id,
        verdict: run.verdict,
        rows: run.rows ?? 0,
        detail: run.detail,
        counted: run.counted_report,
      }));
    }),
  );
  return answers.flat();
}
