import type { Agreement, ScoreRow, ScoreRun } from "@neurond/ingest";
import type { Hotkey } from "@neurond/primitives";
import type { Insertable, Kysely, Selectable } from "kysely";
import type { Tables } from "../tables.ts";
import type { ScoreRowsTable, ScoreRunsTable } from "./tables.ts";

/** Keeps a run with all its rows; its number. */
export async function insertScores(database: Kysely<Tables>, run: ScoreRun): Promise<number> {
  return await database.transaction().execute(async (transaction) => {
    const { run_id } = await transaction
      .insertInto("score_runs")
      .values(runRow(run))
      .returning("run_id")
      .executeTakeFirstOrThrow();
    const rows = run.rows.map((row) => scoreRow(run_id, row));
    if (rows.length > 0) await transaction.insertInto("score_rows").values(rows).execute();
    return run_id;
  });
}

/** The newest run of a source; null before the first. */
export async function newestScores(
  database: Kysely<Tables>,
  source: Hotkey,
): Promise<ScoreRun | null> {
  const run = await database
    .selectFrom("score_runs")
    .selectAll()
    .where("source", "=", source)
    .orderBy("run_id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (run === undefined) return null;
  const rows = await database
    .selectFrom("score_rows")
    .selectAll()
    .where("run_id", "=", run.run_id)
    .orderBy("hotkey")
    .execute();
  // The database sorts text by its locale; runs are in the order of bytes.
  const ordered = rows.map(scoreOf).sort((a, b) => (a.hotkey < b.hotkey ? -1 : 1));
  return runOf(run, ordered);
}

function runRow(run: ScoreRun): Insertable<ScoreRunsTable> {
  return {
    source: run.source,
    as_of: run.asOf,
    profile: run.profile,
    inputs_root: run.inputsRoot,
    inputs: JSON.stringify(run.inputs),
    block: run.block,
    created_ms: run.createdMs,
    hours: run.hours,
    is_complete: run.isComplete,
    reconciled: run.reconciled,
    total: run.total.toString(),
    metagraph: agreementText(run.metagraph),
    weights: run.weights && agreementText(run.weights),
    published: run.published && agreementText(run.published),
  };
}

function runOf(row: Selectable<ScoreRunsTable>, rows: readonly ScoreRow[]): ScoreRun {
  return {
    source: row.source as Hotkey,
    asOf: row.as_of,
    profile: row.profile as ScoreRun["profile"],
    inputsRoot: row.inputs_root,
    inputs: JSON.parse(row.inputs) as ScoreRun["inputs"],
    block: row.block,
    createdMs: row.created_ms,
    hours: row.hours,
    isComplete: row.is_complete,
    reconciled: row.reconciled,
    total: BigInt(row.total),
    rows,
    metagraph: agreementOf(row.metagraph),
    weights: row.weights === null ? null : agreementOf(row.weights),
    published: row.published === null ? null : agreementOf(row.published),
  };
}

function scoreRow(run_id: number, row: ScoreRow): Insertable<ScoreRowsTable> {
  return {
    run_id,
    hotkey: row.hotkey,
    uid: row.uid,
    score: row.score.toString(),
    share: row.share.toString(),
    actual: row.actual.toString(),
    weight: row.weight?.toString() ?? null,
    published: row.published?.toString() ?? null,
    raw: JSON.stringify(row.raw),
  };
}

function scoreOf(row: Selectable<ScoreRowsTable>): ScoreRow {
  return {
    hotkey: row.hotkey as Hotkey,
    uid: row.uid,
    score: BigInt(row.score),
    share: BigInt(row.share),
    actual: BigInt(row.actual),
    weight: row.weight === null ? null : BigInt(row.weight),
    published: row.published === null ? null : BigInt(row.published),
    raw: JSON.parse(row.raw) as ScoreRow["raw"],
  };
}

/** Integers of 10^-18 as decimal text: JSON numbers would lose digits. */
function agreementText({ l1, maxDelta, ...rest }: Agreement): string {
  return JSON.stringify({ l1: l1.toString(), maxDelta: maxDelta.toString(), ...rest });
}

function agreementOf(text: string): Agreement {
  const { l1, maxDelta, ...rest } = JSON.parse(text) as Omit<Agreement, "l1" | "maxDelta"> & {
    readonly l1: string;
    readonly maxDelta: string;
  };
  return { ...rest, l1: BigInt(l1), maxDelta: BigInt(maxDelta) };
}
