import type { MerkleNode } from "@neurond/crypto";
import type { LogEntry, Observation } from "@neurond/ledger";
import { isSettled } from "@neurond/workload";
import { type Kysely, sql } from "kysely";
import { storeError } from "./errors.ts";
import { latestTasks } from "./observations.ts";
import type { Tables } from "./tables.ts";

/** An entry on its way into the log. */
export interface LogRow {
  readonly index: number;
  readonly text: string;
  readonly entry: LogEntry;
}

/**
 * Reads the columns of an entry out of its text. `Log` has just encoded it, which checks all of it;
 * to do so again would cost half of an append.
 */
export function rowOf(text: string, index: number): LogRow {
  const entry = parse(text);
  if (entry?.kind === "observation" || entry?.kind === "document") return { index, text, entry };
  throw storeError(
    "LOG_ENTRY_UNREADABLE",
    `the text for entry ${index} is not an entry: append through Log`,
    { index },
  );
}

function parse(text: string): LogEntry | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Appends rows in one statement, all or nothing, and tells whether it did, and how many of their
 * tasks were settled already. The row of the log is the lock: of two appends at one place the second
 * finds the log moved on, so nothing it read of the log can have changed.
 */
export async function appendRows(
  database: Kysely<Tables>,
  { logId, from, nowMs }: { readonly logId: number; readonly from: number; readonly nowMs: number },
  rows: readonly LogRow[],
  nodes: readonly MerkleNode[],
): Promise<{ readonly moved: boolean; readonly settled: number }> {
  const entry = <T>(value: (row: LogRow) => T) => rows.map(value);
  const node = <T>(value: (node: MerkleNode) => T) => nodes.map(value);
  const tasks = latestTasks(rows);
  const task = <T>(value: (observation: Observation) => T) =>
    tasks.map(({ entry: observation }) => value(observation));
  const { rows: answers } = await sql<{ moved: boolean; settled: number }>`
    with task as (
      select * from unnest(
        ${task(({ run_id }) => run_id)}::text[],
        ${task(({ workload }) => workload)}::text[],
        ${task(({ miner }) => miner)}::text[],
        ${task(({ slot }) => slot)}::bigint[],
        ${task(({ outcome }) => outcome.kind)}::text[],
        ${task(({ outcome }) => isSettled(outcome))}::boolean[],
        ${tasks.map(({ index }) => index)}::bigint[]
      ) as task (run_id, workload, miner, slot, outcome, settled, entry_index)
    ), known as (
      select 1 from observations
      join task using (run_id, workload, miner, slot)
      where observations.log_id = ${logId} and observations.settled
    ), moved as (
      update logs set size = ${from + rows.length}
      where id = ${logId} and size = ${from} and not exists (select 1 from known)
      returning id as log_id
    ), entries as (
      insert into log_entries (log_id, index, kind, run_id, text, appended_ms)
      select log_id, entry.*, ${nowMs}::bigint from moved, unnest(
        ${entry(({ index }) => index)}::bigint[],
        ${entry(({ entry: { kind } }) => kind)}::text[],
        ${entry(({ entry: { run_id } }) => run_id)}::text[],
        ${entry(({ text }) => text)}::text[]
      ) as entry
    ), nodes as (
      insert into log_nodes (log_id, level, index, hash)
      select log_id, node.* from moved, unnest(
        ${node(({ level }) => level)}::smallint[],
        ${node(({ index }) => index)}::bigint[],
        ${node(({ hash }) => Buffer.from(hash))}::bytea[]
      ) as node
    ), observed as (
      insert into observations
        (log_id, run_id, workload, miner, slot, outcome, settled, entry_index)
      select log_id, task.* from moved, task
      on conflict (log_id, run_id, workload, miner, slot) do update set
        outcome = excluded.outcome,
        settled = excluded.settled,
        entry_index = excluded.entry_index
    )
    select exists (select 1 from moved) as moved, (select count(*) from known) as settled
  `.execute(database);
  return answers[0] ?? { moved: false, settled: 0 };
}
