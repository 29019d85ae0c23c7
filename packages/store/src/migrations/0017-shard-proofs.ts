import { type Kysely, sql } from "kysely";

/** What a validator keeps of shards that it asks about one by one: commitments to blocks, and tokens. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable("shard_proofs")
    .addColumn("validator", "text", (column) => column.notNull())
    .addColumn("miner", "text", (column) => column.notNull())
    .addColumn("shard_id", "bytea", (column) => column.notNull())
    .addColumn("receipt", "text", (column) => column.notNull())
    .addColumn("commitments", "bytea")
    .addColumn("token_alg", "integer")
    .addColumn("token_count", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("token_leaves", "bytea")
    .addColumn("token_answers", "bytea")
    .addColumn("tokens_drawn", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("tokens_sent", "integer", (column) => column.notNull().defaultTo(0))
    .addPrimaryKeyConstraint("shard_proofs_pkey", ["validator", "miner", "shard_id"])
    .addCheckConstraint("shard_proofs_shard", sql`octet_length(shard_id) = 32`)
    .execute();
}
