import type { Observation } from "@neurond/ledger";
import { type Hotkey, parseHotkey, type RunId } from "@neurond/primitives";
import { isSettled, type OutcomeKind } from "@neurond/workload";
import { type Kysely, sql, type Transaction } from "kysely";
import { storeError } from "./errors.ts";
import type { LogRow } from "./ledger-rows.ts";
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

/**
 * Keeps the latest observation of each task, in the transaction that appends it. A task that was
 * owed an answer, or lost by our own fault, is observed again; one that is settled never.
 */
export async function recordSettled(
  transaction: Transaction<Tables>,
  logId: number,
  rows: readonly LogRow[],
): Promise<void> {
  const latest = latestOf(rows);
  if (latest.length === 0) return;
  const column = <T>(value: (entry: Observation) => T) => latest.map(({ entry }) => value(entry));
  const stored = await sql`
    insert into observations
      (log_id, run_id, workload, miner, slot, outcome, settled, entry_index)
    select ${logId}, task.*
    from unnest(
      ${column(({ run_id }) => run_id)}::text[],
      ${column(({ workload }) => workload)}::text[],
      ${column(({ miner }) => miner)}::text[],
      ${column(({ slot }) => slot)}::bigint[],
      ${column(({ outcome }) => outcome.kind)}::text[],
      ${column(({ outcome }) => isSettled(outcome))}::boolean[],
      ${latest.map(({ index }) => index)}::bigint[]
    ) as task
    on conflict (log_id, run_id, workload, miner, slot) do update
    set outcome = excluded.outcome, settled = excluded.settled, entry_index = excluded.entry_index
    where not observations.settled
  `.execute(transaction);
  if (stored.numAffectedRows !== BigInt(latest.length)) throw repeated(latest.length);
}

interface ObservationRow {
  readonly index: number;
  readonly entry: Observation;
}

/** One row per task; a task observed twice in one append counts as observed in that order. */
function latestOf(rows: readonly LogRow[]): readonly ObservationRow[] {
  const latest = new Map<string, ObservationRow>();
  for (const { index, entry } of rows) {
    if (entry.kind !== "observation") continue;
    const key = JSON.stringify([entry.run_id, entry.workload, entry.miner, entry.slot]);
    const earlier = latest.get(key);
    if (earlier !== undefined && isSettled(earlier.entry.outcome)) throw repeated(1);
    latest.set(key, { index, entry });
  }
  return [...latest.values()];
}

function repeated(count: number): Error {
  return storeError(
    "OBSERVATION_REPEATED",
    "a task is settled already: ask for what is recorded before asking a miner again",
    { observations: count },
  );
}
