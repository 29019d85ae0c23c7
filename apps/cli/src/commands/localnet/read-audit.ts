import { join } from "node:path";
import { z } from "zod";
import { fetchJson } from "./fetch-json.ts";
import type { AuditView, FindingView } from "./view.ts";

const Statement = z.object({
  run_id: z.string(),
  families: z.array(z.tuple([z.string(), z.object({ quorum: z.boolean() })])),
  weights: z.array(z.tuple([z.string(), z.int()])).nullable(),
  validators: z.array(z.object({ hotkey: z.string(), weights: z.string() })),
});
const Runs = z.object({ runs: z.array(z.object({ statement: Statement, pending: z.boolean() })) });
const Findings = z.object({
  findings: z.array(
    z.object({
      name: z.string(),
      code: z.string(),
      severity: z.string(),
      run_id: z.string(),
      validator: z.string(),
      miner: z.string().nullable(),
      summary: z.string(),
    }),
  ),
});

/** What an auditor publishes, in our words; what it does not answer now is empty. */
export interface Audit {
  readonly runs: ReadonlyMap<string, AuditView>;
  /** Oldest first. */
  readonly findings: readonly FindingView[];
}

/** Asks an auditor for its verdicts, and for its findings with the files they are in. */
export async function readAudit(
  base: URL,
  evidenceDirectory: string,
  signal: AbortSignal,
): Promise<Audit> {
  const [runs, findings] = await Promise.all([
    fetchJson(Runs, new URL("/v1/runs?limit=500", base), signal),
    fetchJson(Findings, new URL("/v1/findings?limit=500", base), signal),
  ]);
  // Whether a row is right is not known while it is still to be set.
  const decided = (runs?.runs ?? []).filter(({ pending }) => !pending);
  return {
    runs: new Map(decided.map(({ statement }) => [statement.run_id, auditView(statement)])),
    findings: (findings?.findings ?? []).toReversed().map(({ name, run_id: runId, ...rest }) => ({
      ...rest,
      runId,
      evidence: join(evidenceDirectory, `${name}.json`),
    })),
  };
}

function auditView({ families, weights, validators }: z.infer<typeof Statement>): AuditView {
  const compared = validators.filter(({ weights }) => weights === "ok" || weights === "mismatch");
  return {
    isAgreed: families.length > 0 && families.every(([, { quorum }]) => quorum),
    exact: compared.filter(({ weights }) => weights === "ok").map(({ hotkey }) => hotkey),
    compared: compared.map(({ hotkey }) => hotkey),
    weights: weights ?? [],
  };
}
