import { type Kysely, sql } from "kysely";

/** What happened in each run, and what became of the weights that follow from it. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("run_facts")
    .addColumn("run_index", "bigint", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("text", "text", (column) => column.notNull())
    .addColumn("written_ms", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("run_facts_pkey", ["run_index", "kind"])
    .execute();
  await schema
    .createIndex("run_facts_kind")
    .on("run_facts")
    .columns(["kind", "run_index"])
    .execute();
  await schema
    .createTable("weights_submissions")
    .addColumn("run_id", "text", (column) => column.notNull())
    .addColumn("mecid", "integer", (column) => column.notNull())
    .addColumn("attempt", "integer", (column) => column.notNull())
    .addColumn("mode", "text", (column) => column.notNull())
    .addColumn("vector", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("block", "bigint")
    .addColumn("extrinsic_hash", "text")
    .addColumn("detail", "text")
    .addColumn("intended_ms", "bigint", (column) => column.notNull())
    .addColumn("changed_ms", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("weights_submissions_pkey", ["run_id", "mecid", "attempt"])
    .addCheckConstraint(
      "weights_submissions_state",
      sql`state in ('intended', 'included', 'confirmed', 'rejected', 'unconfirmed')`,
    )
    .execute();
}
