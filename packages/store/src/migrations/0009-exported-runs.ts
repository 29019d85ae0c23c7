import type { Kysely } from "kysely";

/** Runs that reports of validators of ours state, and what their exported rows say of them. */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("exported_runs")
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("entry_id", "text", (column) => column.notNull())
    .addColumn("run_id", "text", (column) => column.notNull())
    .addColumn("family", "text", (column) => column.notNull())
    .addColumn("workload", "text", (column) => column.notNull())
    .addColumn("end_time", "bigint", (column) => column.notNull())
    .addColumn("report_sha256", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("verdict", "text", (column) => column.notNull())
    .addColumn("as_of", "bigint", (column) => column.notNull())
    .addColumn("judged_ms", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("exported_runs_pkey", ["source", "entry_id", "run_id", "family"])
    .addForeignKeyConstraint(
      "exported_runs_entry",
      ["source", "entry_id"],
      "audit_entries",
      ["source", "entry_id"],
      (constraint) => constraint.onDelete("cascade"),
    )
    .execute();
}
