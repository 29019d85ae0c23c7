import { type Kysely, sql } from "kysely";

/** Large parts of the record, kept apart until their time is over. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("bodies")
    .addColumn("sha256", "bytea", (column) => column.primaryKey())
    .addColumn("bytes", "bytea", (column) => column.notNull())
    .addColumn("expires_ms", "bigint", (column) => column.notNull())
    .addCheckConstraint("bodies_sha256", sql`octet_length(sha256) = 32`)
    .execute();
  await schema.createIndex("bodies_expiry").on("bodies").column("expires_ms").execute();
}
