import type { Kysely } from "kysely";

/** What other validators said, on chain and off it, and proof against those who lied. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("peer_reports")
    .addColumn("run_id", "text", (column) => column.notNull())
    .addColumn("family_id", "text", (column) => column.notNull())
    .addColumn("validator", "text", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull())
    .addColumn("text", "text", (column) => column.notNull())
    .addColumn("received_ms", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("peer_reports_pkey", ["run_id", "family_id", "validator", "hash"])
    .execute();
  await schema
    .createTable("seen_commitments")
    .addColumn("hotkey", "text", (column) => column.notNull())
    .addColumn("block", "bigint", (column) => column.notNull())
    .addColumn("extrinsic_index", "integer", (column) => column.notNull())
    .addColumn("block_hash", "text", (column) => column.notNull())
    .addColumn("run_id", "text")
    .addColumn("fields", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("seen_commitments_pkey", ["hotkey", "block", "extrinsic_index"])
    .execute();
  await schema
    .createIndex("seen_commitments_run")
    .on("seen_commitments")
    .columns(["run_id", "hotkey"])
    .execute();
  await schema
    .createTable("scans")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("block", "bigint", (column) => column.notNull())
    .execute();
  await schema
    .createTable("evidence")
    .addColumn("sha256", "text", (column) => column.primaryKey())
    .addColumn("serial", "bigint", (column) => column.generatedAlwaysAsIdentity().unique())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("validator", "text", (column) => column.notNull())
    .addColumn("run_id", "text", (column) => column.notNull())
    .addColumn("text", "text", (column) => column.notNull())
    .addColumn("observed_ms", "bigint", (column) => column.notNull())
    .execute();
  await schema.createIndex("evidence_run").on("evidence").column("run_id").execute();
}
