import { indexOfRun, type WeightsState } from "@neurond/audit";
import type { AuditStore } from "@neurond/audit/io";
import { type ExportedRun, type Finding, finding } from "@neurond/ingest";

/** What the audit of a run by its log has to do with the verdict on its exports. */
export interface CountedRun {
  /** Whether the report that counted has the very scores that the exported rows come to; null: nobody knows. */
  readonly report: "same" | "other" | null;
  /** What became of the validator's weights of that run; null while the run is not audited. */
  readonly weights: WeightsState | null;
  /** Scores hash of the report that counted. */
  readonly hash: string | null;
}

/** Holds an exported run against the audit of the same run. */
export async function countedRun(
  { source, runId, family, verdict }: ExportedRun,
  store: Pick<AuditStore, "readRun">,
): Promise<CountedRun> {
  const index = indexOfRun(runId);
  const kept = index === null ? null : await store.readRun(index);
  const own = kept?.statement.validators.find(({ hotkey }) => hotkey === source);
  if (own === undefined) return { report: null, weights: null, hash: null };
  const hash = new Map(own.reports).get(family) ?? null;
  const { weights } = own;
  if (hash === null) return { report: null, weights, hash };
  if (verdict.kind === "differs") return { report: "other", weights, hash };
  if (verdict.kind !== "agrees") return { report: null, weights, hash };
  return { report: verdict.hash === hash ? "same" : "other", weights, hash };
}

/** Where exports are sound and peers were told other scores all the same. */
export function countedFindings(
  run: ExportedRun,
  { report, hash }: CountedRun,
): readonly Finding[] {
  const { source, entryId, endTime, runId, family, verdict } = run;
  if (report !== "other" || verdict.kind !== "agrees") return [];
  const about = { subject: `${runId} ${family}`, entryId, endTime };
  const text = `${runId} of ${family}: scores ${hash} were committed to, exported are ${verdict.hash}`;
  return [finding(source, "RUN_REPORT_DIFFERS", about, text)];
}
