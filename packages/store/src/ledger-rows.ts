import type { MerkleNode } from "@neurond/crypto";
import { decodeEntry, type LogEntry } from "@neurond/ledger";
import { sql, type Transaction } from "kysely";
import { storeError } from "./errors.ts";
import type { Tables } from "./tables.ts";

/** An entry on its way into the log. */
export interface LogRow {
  readonly index: number;
  readonly text: string;
  readonly entry: LogEntry;
}

/** Reads the columns of an entry out of its text. */
export function rowOf(text: string, index: number): LogRow {
  const entry = decodeEntry(text);
  if (entry !== null) return { index, text, entry };
  throw storeError(
    "LOG_ENTRY_UNREADABLE",
    `the text for entry ${index} is not an entry: append through Log`,
    { index },
  );
}

/** One statement for any number of entries: the way there and back is what an append costs. */
export async function insertEntries(
  transaction: Transaction<Tables>,
  logId: number,
  rows: readonly LogRow[],
  nowMs: number,
): Promise<void> {
  const indexes = rows.map(({ index }) => index);
  const kinds = rows.map(({ entry }) => entry.kind);
  const runs = rows.map(({ entry }) => entry.run_id);
  const texts = rows.map(({ text }) => text);
  await sql`
    insert into log_entries (log_id, index, kind, run_id, text, appended_ms)
    select ${logId}, entry.*, ${nowMs}::bigint
    from unnest(${indexes}::bigint[], ${kinds}::text[], ${runs}::text[], ${texts}::text[]) as entry
  `.execute(transaction);
}

/** Stores hashes of subtrees that the entries completed. */
export async function insertNodes(
  transaction: Transaction<Tables>,
  logId: number,
  nodes: readonly MerkleNode[],
): Promise<void> {
  const levels = nodes.map(({ level }) => level);
  const indexes = nodes.map(({ index }) => index);
  const hashes = nodes.map(({ hash }) => Buffer.from(hash));
  await sql`
    insert into log_nodes (log_id, level, index, hash)
    select ${logId}, node.*
    from unnest(${levels}::smallint[], ${indexes}::bigint[], ${hashes}::bytea[]) as node
  `.execute(transaction);
}
