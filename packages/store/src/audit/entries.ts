import type { TrackedEntry, Verification } from "@neurond/ingest";
import { hasReached } from "@neurond/ingest";
import type { Hotkey } from "@neurond/primitives";
import type { Insertable, Kysely, Selectable } from "kysely";
import type { Tables } from "../tables.ts";
import type { AuditEntriesTable, EntryVerificationTable, IngestStateTable } from "./tables.ts";

/** Rows of one statement; Postgres takes 65535 values. */
const BATCH = 1_000;

/** Takes up entries that are new; how many were. */
export async function trackEntries(
  database: Kysely<Tables>,
  entries: readonly TrackedEntry[],
): Promise<number> {
  let fresh = 0;
  const each = [...new Map(entries.map((entry) => [keyOf(entry), entry])).values()];
  for (let at = 0; at < each.length; at += BATCH) {
    const batch = each.slice(at, at + BATCH);
    fresh += await database.transaction().execute(async (transaction) => {
      const added = await transaction
        .insertInto("audit_entries")
        .values(batch.map(entryRow))
        .onConflict((conflict) => conflict.columns(["source", "entry_id"]).doNothing())
        .returning(["entry_id"])
        .execute();
      const ids = new Set(added.map(({ entry_id }) => entry_id));
      const states = batch.filter(({ entryId }) => ids.has(entryId)).map(stateRow);
      if (states.length > 0) await transaction.insertInto("ingest_state").values(states).execute();
      return states.length;
    });
  }
  return fresh;
}

/** All entries of a source by end, block and id. */
export async function readEntries(
  database: Kysely<Tables>,
  source: Hotkey,
): Promise<readonly TrackedEntry[]> {
  const rows = await database
    .selectFrom("audit_entries")
    .innerJoin("ingest_state", (join) =>
      join
        .onRef("ingest_state.source", "=", "audit_entries.source")
        .onRef("ingest_state.entry_id", "=", "audit_entries.entry_id"),
    )
    .selectAll("audit_entries")
    .select([
      "step",
      "report_sha256",
      "generation",
      "has_invocations",
      "uptime_us",
      "problem",
      "detail",
      "failures",
      "next_try_ms",
    ])
    .where("audit_entries.source", "=", source)
    .orderBy("end_time")
    .orderBy("block")
    .orderBy("audit_entries.entry_id")
    .execute();
  const checked = await database
    .selectFrom("entry_verification")
    .selectAll()
    .where("source", "=", source)
    .execute();
  const verifications = new Map(checked.map((row) => [row.entry_id, verificationOf(row)]));
  return rows.map((row) => trackedOf(row, verifications.get(row.entry_id) ?? null));
}

/** Keeps what has become of an entry, all of it together; nothing when it was forgotten. */
export async function saveEntry(database: Kysely<Tables>, entry: TrackedEntry): Promise<void> {
  const { source, entryId, verification } = entry;
  const key = { source, entry_id: entryId };
  await database.transaction().execute(async (transaction) => {
    const known = await transaction
      .updateTable("audit_entries")
      .set({ processed: hasReached(entry, "LOADED") })
      .where("source", "=", source)
      .where("entry_id", "=", entryId)
      .executeTakeFirst();
    if (known.numUpdatedRows === 0n) return;
    const { source: _, entry_id: __, ...state } = stateRow(entry);
    await transaction
      .updateTable("ingest_state")
      .set(state)
      .where("source", "=", source)
      .where("entry_id", "=", entryId)
      .execute();
    if (verification === null) {
      await transaction
        .deleteFrom("entry_verification")
        .where("source", "=", source)
        .where("entry_id", "=", entryId)
        .execute();
      return;
    }
    const row = verificationRow(verification);
    await transaction
      .insertInto("entry_verification")
      .values({ ...key, ...row })
      .onConflict((conflict) => conflict.columns(["source", "entry_id"]).doUpdateSet(row))
      .execute();
  });
}

/** Forgets entries that ended before a time, and findings about them; their ids. */
export async function forgetEntries(
  database: Kysely<Tables>,
  source: Hotkey,
  endedBefore: number,
): Promise<readonly string[]> {
  return await database.transaction().execute(async (transaction) => {
    const gone = await transaction
      .deleteFrom("audit_entries")
      .where("source", "=", source)
      .where("end_time", "<", endedBefore)
      .returning(["entry_id"])
      .execute();
    const ids = gone.map(({ entry_id }) => entry_id);
    await transaction
      .deleteFrom("audit_findings")
      .where("source", "=", source)
      .where((where) =>
        where.or([
          where("end_time", "<", endedBefore),
          ...(ids.length > 0 ? [where("entry_id", "in", ids)] : []),
        ]),
      )
      .execute();
    return ids;
  });
}

const keyOf = ({ source, entryId }: TrackedEntry): string => `${source} ${entryId}`;

function entryRow(entry: TrackedEntry): Insertable<AuditEntriesTable> {
  return {
    source: entry.source,
    entry_id: entry.entryId,
    reporter: entry.reporter,
    hotkey: entry.hotkey,
    block: entry.block,
    path: entry.path,
    created_at: entry.createdAt,
    start_time: entry.startTime,
    end_time: entry.endTime,
    processed: false,
  };
}

function stateRow(entry: TrackedEntry): Insertable<IngestStateTable> {
  return {
    source: entry.source,
    entry_id: entry.entryId,
    step: entry.step,
    report_sha256: entry.reportSha256,
    generation: entry.generation,
    has_invocations: entry.hasInvocations,
    uptime_us: entry.uptime,
    problem: entry.problem,
    detail: entry.detail,
    failures: entry.failures,
    next_try_ms: entry.nextTryMs,
  };
}

function verificationRow(verification: Verification) {
  const { status, method, committed, foundBlock, blockTime, checkedMs } = verification;
  return {
    status,
    method,
    digest: committed,
    found_block: foundBlock,
    block_time: blockTime,
    checked_ms: checkedMs,
  };
}

// What is read here was written above: names of steps and codes are taken as they are.

function verificationOf(row: Selectable<EntryVerificationTable>): Verification {
  return {
    status: row.status as Verification["status"],
    method: row.method as Verification["method"],
    committed: row.digest,
    foundBlock: row.found_block,
    blockTime: row.block_time,
    checkedMs: row.checked_ms,
  };
}

type EntryState = Selectable<AuditEntriesTable> &
  Omit<Selectable<IngestStateTable>, "source" | "entry_id">;

function trackedOf(row: EntryState, verification: Verification | null): TrackedEntry {
  return {
    source: row.source as Hotkey,
    entryId: row.entry_id,
    reporter: row.reporter === "miner" ? "miner" : "validator",
    hotkey: row.hotkey as Hotkey,
    block: row.block,
    path: row.path,
    createdAt: row.created_at,
    startTime: row.start_time,
    endTime: row.end_time,
    step: row.step as TrackedEntry["step"],
    reportSha256: row.report_sha256,
    generation: row.generation as TrackedEntry["generation"],
    hasInvocations: row.has_invocations,
    uptime: row.uptime_us,
    verification,
    problem: row.problem as TrackedEntry["problem"],
    detail: row.detail,
    failures: row.failures,
    nextTryMs: row.next_try_ms,
  };
}
