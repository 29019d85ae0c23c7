import type { Kysely } from "kysely";

/** Signed receipts that miners' proxies hand in, and how far each of their ledgers has come. */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("receipt_ledgers")
    .addColumn("hotkey", "text", (column) => column.notNull())
    .addColumn("ledger_id", "text", (column) => column.notNull())
    .addColumn("next", "bigint", (column) => column.notNull())
    .addColumn("root", "text", (column) => column.notNull())
    .addColumn("taken_us", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("receipt_ledgers_pkey", ["hotkey", "ledger_id"])
    .execute();
  await schema
    .createTable("receipts")
    .addColumn("hotkey", "text", (column) => column.notNull())
    .addColumn("ledger_id", "text", (column) => column.notNull())
    .addColumn("index", "bigint", (column) => column.notNull())
    .addColumn("text", "text", (column) => column.notNull())
    .addColumn("taken_us", "bigint", (column) => column.notNull())
    .addColumn("slice_us", "bigint")
    .addPrimaryKeyConstraint("receipts_pkey", ["hotkey", "ledger_id", "index"])
    .execute();
  await schema
    .createIndex("receipts_slice")
    .on("receipts")
    .columns(["slice_us", "hotkey", "ledger_id", "index"])
    .execute();
}
