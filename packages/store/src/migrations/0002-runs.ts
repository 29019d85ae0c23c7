import { type Kysely, sql } from "kysely";

/** What became of each closed run, and of the weights that follow from it. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("runs")
    .addColumn("run_id", "text", (column) => column.primaryKey())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("commitment", "text", (column) => column.notNull())
    .addColumn("extrinsic_hash", "text")
    .addColumn("block", "bigint")
    .addColumn("frozen_ms", "bigint", (column) => column.notNull())
    .addColumn("changed_ms", "bigint", (column) => column.notNull())
    .addCheckConstraint(
      "runs_state",
      sql`state in ('frozen', 'submitted', 'included', 'revealed', 'weighed', 'confirmed')`,
    )
    .execute();
  await schema
    .createTable("run_reports")
    .addColumn("run_id", "text", (column) => column.notNull().references("runs.run_id"))
    .addColumn("family_id", "text", (column) => column.notNull())
    .addColumn("text", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("run_reports_pkey", ["run_id", "family_id"])
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
