import { type Kysely, sql } from "kysely";

/** Which files are stored, and which miner holds which shard for which validator. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("manifests")
    .addColumn("file_id", "text", (column) => column.primaryKey())
    .addColumn("owner", "text", (column) => column.notNull())
    .addColumn("text", "text", (column) => column.notNull())
    .addColumn("created_ms", "bigint", (column) => column.notNull())
    .addColumn("expires_block", "bigint", (column) => column.notNull())
    .execute();
  await schema.createIndex("manifests_owner").on("manifests").columns(["owner"]).execute();
  await schema
    .createTable("shards")
    .addColumn("shard_id", "bytea", (column) => column.notNull())
    .addColumn("validator", "text", (column) => column.notNull())
    .addColumn("miner", "text", (column) => column.notNull())
    .addColumn("file_id", "text", (column) => column.notNull())
    .addColumn("root", "bytea", (column) => column.notNull())
    .addColumn("size_bytes", "bigint", (column) => column.notNull())
    .addColumn("stored_block", "bigint", (column) => column.notNull())
    .addColumn("expires_block", "bigint", (column) => column.notNull())
    .addColumn("receipt", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("shards_pkey", ["validator", "miner", "shard_id"])
    .addCheckConstraint(
      "shards_hashes",
      sql`octet_length(shard_id) = 32 and octet_length(root) = 32`,
    )
    .execute();
}
