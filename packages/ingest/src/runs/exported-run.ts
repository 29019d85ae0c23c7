import type { RunVerdict } from "@neurond/audit";
import type { Micros, StatedRun } from "@neurond/exports";
import type { Hotkey } from "@neurond/primitives";
import type { TrackedEntry } from "../entry.ts";
import { type Finding, finding } from "../findings.ts";

/** A run of a validator of ours, as one of its reports states it, and what its exported rows say of it. */
export interface ExportedRun {
  readonly source: Hotkey;
  /** The entry whose report states the scores. */
  readonly entryId: string;
  /** End of that entry's slice. */
  readonly endTime: Micros;
  readonly runId: string;
  readonly family: string;
  readonly workload: string;
  /** Of the signed report of the run, as the validator states it. */
  readonly reportSha256: string;
  readonly verdict: RunVerdict;
  /** End of the newest slice that was at hand. */
  readonly asOf: Micros;
  readonly judgedMs: number;
}

/** A run that was stated and is not judged yet. */
export function statedRun(
  { source, entryId, endTime }: Pick<TrackedEntry, "source" | "entryId" | "endTime">,
  { run_id, family_id, workload, report_sha256 }: StatedRun,
): Omit<ExportedRun, "verdict" | "asOf" | "judgedMs"> {
  const names = { runId: run_id, family: family_id, workload };
  return { source, entryId, endTime, ...names, reportSha256: report_sha256 };
}

/** What makes a run the same one: the same report states it. */
export function exportedRunKey({
  entryId,
  runId,
  family,
}: Pick<ExportedRun, "entryId" | "runId" | "family">): string {
  return `${entryId} ${runId} ${family}`;
}

/** What a verdict comes to in one line; hotkeys, fields and numbers only. */
export function verdictLine(verdict: RunVerdict): string {
  switch (verdict.kind) {
    case "agrees":
      return `${verdict.rows} rows come to the very scores`;
    case "differs":
      return `${verdict.field} is ${verdict.stated}, its rows come to ${verdict.recomputed}`;
    case "not_whole":
      return `entries ${verdict.from} to ${verdict.to} of the log are in no verified slice`;
    case "unjudged":
      return verdict.reason;
  }
}

/** Runs whose stated scores are not those of their rows. */
export function runFindings(runs: readonly ExportedRun[]): readonly Finding[] {
  return runs.flatMap(({ source, entryId, endTime, runId, family, verdict }) => {
    if (verdict.kind !== "differs") return [];
    const about = { subject: `${runId} ${family}`, entryId, endTime };
    const text = `${runId} of ${family}: ${verdictLine(verdict)}`;
    return [finding(source, "RUN_SCORES_DIFFER", about, text)];
  });
}
