import { type Kysely, sql } from "kysely";

/**
 * The append-only record: entries, tree hashes and what is settled. One statement writes
 * all three together, so they refer to each other without the checks that would halve its pace.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("logs")
    .addColumn("id", "integer", (column) => column.primaryKey().generatedAlwaysAsIdentity())
    .addColumn("name", "text", (column) => column.notNull().unique())
    .addColumn("size", "bigint", (column) => column.notNull())
    .execute();
  await schema
    .createTable("log_entries")
    .addColumn("log_id", "integer", (column) => column.notNull())
    .addColumn("index", "bigint", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("run_id", "text", (column) => column.notNull())
    .addColumn("text", "text", (column) => column.notNull())
    .addColumn("appended_ms", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("log_entries_pkey", ["log_id", "index"])
    .execute();
  await schema
    .createIndex("log_entries_run")
    .on("log_entries")
    .columns(["log_id", "run_id", "index"])
    .execute();
  await schema
    .createTable("log_nodes")
    .addColumn("log_id", "integer", (column) => column.notNull())
    .addColumn("level", "smallint", (column) => column.notNull())
    .addColumn("index", "bigint", (column) => column.notNull())
    .addColumn("hash", "bytea", (column) => column.notNull())
    .addPrimaryKeyConstraint("log_nodes_pkey", ["log_id", "level", "index"])
    .addCheckConstraint("log_nodes_hash", sql`octet_length(hash) = 32`)
    .execute();
  await schema
    .createTable("observations")
    .addColumn("log_id", "integer", (column) => column.notNull())
    .addColumn("run_id", "text", (column) => column.notNull())
    .addColumn("workload", "text", (column) => column.notNull())
    .addColumn("miner", "text", (column) => column.notNull())
    .addColumn("slot", "bigint", (column) => column.notNull())
    .addColumn("entry_index", "bigint", (column) => column.notNull())
    .addColumn("outcome", "text", (column) => column.notNull())
    .addColumn("settled", "boolean", (column) => column.notNull())
    .addPrimaryKeyConstraint("observations_pkey", ["log_id", "run_id", "workload", "miner", "slot"])
    .execute();
}
