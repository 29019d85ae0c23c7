import type { Kysely } from "kysely";

/** Manifests kept for files of other validators; files that an API node repairs for their owners. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("manifest_copies")
    .addColumn("file_id", "text", (column) => column.notNull())
    .addColumn("owner", "text", (column) => column.notNull())
    .addColumn("custodian", "text")
    .addColumn("text", "text", (column) => column.notNull())
    .addColumn("bytes", "bigint", (column) => column.notNull())
    .addColumn("created_ms", "bigint", (column) => column.notNull())
    .addColumn("expires_block", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("manifest_copies_pkey", ["file_id", "owner"])
    .execute();
  await schema
    .createIndex("manifest_copies_expiry")
    .on("manifest_copies")
    .column("expires_block")
    .execute();
  await schema
    .createTable("custody")
    .addColumn("file_id", "text", (column) => column.primaryKey())
    .addColumn("owner", "text", (column) => column.notNull())
    .addColumn("validator", "text", (column) => column.notNull())
    .addColumn("bytes", "bigint", (column) => column.notNull())
    .addColumn("expires_block", "bigint", (column) => column.notNull())
    .addColumn("taken_ms", "bigint", (column) => column.notNull())
    .execute();
  await schema.createIndex("custody_owner").on("custody").column("owner").execute();
}
