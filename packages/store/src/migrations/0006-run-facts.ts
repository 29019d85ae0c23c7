import type { Kysely } from "kysely";

/** What happened in each run: every kind of fact at most once, so that nothing is done twice. */
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
}
