import type { LogEntry, Observation } from "@neurond/ledger";
import { type Hotkey, parseHotkey, type RunId } from "@neurond/primitives";
import { isSettled, type OutcomeKind } from "@neurond/workload";
import type { Kysely } from "kysely";
import { storeError } from "./errors.ts";
import type { Tables } from "./tables.ts";

/** What the log says last of one task. */
export interface RecordedTask {
  readonly miner: Hotkey;
  readonly slot: number;
  readonly outcome: OutcomeKind;
  /** False while the same task is to be put again. */
  readonly isSettled: boolean;
  readonly entryIndex: number;
}

/** The tasks of a run that are in a log already: a validator that was restarted asks for the others. */
export async function recordedTasks(
  database: Kysely<Tables>,
  {
    logId,
    runId,
    workload,
  }: { readonly logId: number; readonly runId: RunId; readonly workload: string },
): Promise<readonly RecordedTask[]> {
  const rows = await database
    .selectFrom("observations")
    .select(["miner", "slot", "outcome", "settled", "entry_index"])
    .where("log_id", "=", logId)
    .where("run_id", "=", runId)
    .where("workload", "=", workload)
    .orderBy("entry_index")
    .execute();
  return rows.map(({ miner, slot, outcome, settled, entry_index }) => ({
    miner: parseHotkey(miner),
    slot,
    outcome: outcome as OutcomeKind,
    isSettled: settled,
    entryIndex: entry_index,
  }));
}

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
