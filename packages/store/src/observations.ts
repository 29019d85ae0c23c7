import type { LogEntry, Observation } from "@neurond/ledger";
import { isSettled } from "@neurond/workload";
import { storeError } from "./errors.ts";

/** An entry with its place. */
interface Placed<Entry> {
  readonly index: number;
  readonly entry: Entry;
}

/**
 * The latest observation of each task in an append. A task that was owed an answer, or lost by our
 * own fault, is observed again; one that is settled never.
 */
export function latestTasks(rows: readonly Placed<LogEntry>[]): readonly Placed<Observation>[] {
  const latest = new Map<string, Placed<Observation>>();
  for (const { index, entry } of rows) {
    if (entry.kind !== "observation") continue;
    const key = JSON.stringify([entry.run_id, entry.workload, entry.miner, entry.slot]);
    const earlier = latest.get(key);
    if (earlier !== undefined && isSettled(earlier.entry.outcome)) throw observationRepeated(1);
    latest.set(key, { index, entry });
  }
  return [...latest.values()];
}

/** The error of an append that would observe settled tasks again. */
export function observationRepeated(tasks: number): Error {
  return storeError(
    "OBSERVATION_REPEATED",
    `${tasks} of the tasks are settled: ask for what is recorded before asking a miner again`,
    { tasks },
  );
}
