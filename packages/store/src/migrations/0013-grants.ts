import { type Kysely, sql } from "kysely";

/** Which shards have tags for which periods, as both sides signed for them. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable("grants")
    .addColumn("validator", "text", (column) => column.notNull())
    .addColumn("miner", "text", (column) => column.notNull())
    .addColumn("shard_id", "bytea", (column) => column.notNull())
    .addColumn("period_blocks", "bigint", (column) => column.notNull())
    .addColumn("first_period", "bigint", (column) => column.notNull())
    .addColumn("periods", "integer", (column) => column.notNull())
    .addColumn("text", "text", (column) => column.notNull())
    .addColumn("logged_run", "bigint")
    .addPrimaryKeyConstraint("grants_pkey", [
      "validator",
      "miner",
      "shard_id",
      "period_blocks",
      "first_period",
    ])
    .addCheckConstraint("grants_shard", sql`octet_length(shard_id) = 32`)
    .execute();
}
