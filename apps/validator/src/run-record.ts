import { type Document, decodeEntry, type LogStorage, type Observation } from "@neurond/ledger";
import type { RunId } from "@neurond/primitives";
import type { RunFacts } from "./ports/run-journal.ts";

const PAGE = 500;

/** Every observation of a run, in the order of the log; none stands before the run was opened. */
export async function observationsOf(
  storage: LogStorage,
  runId: RunId,
  from: number,
): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  for (let at = from; ; at += PAGE) {
    const texts = await storage.read(at, at + PAGE);
    for (const text of texts) {
      const entry = decodeEntry(text);
      if (entry?.kind === "observation" && entry.run_id === runId) found.push(entry);
    }
    if (texts.length < PAGE) return found;
  }
}

/** Names a task within a run. */
export const taskKey = (task: {
  readonly workload: string;
  readonly miner: string;
  readonly slot: number;
}): string => `${task.workload} ${task.miner} ${task.slot}`;

/** What was logged before a run's beacon. */
export function documentsOf(facts: RunFacts): readonly Document[] {
  return (facts.planned?.documents ?? []).filter((entry) => entry.kind === "document");
}
