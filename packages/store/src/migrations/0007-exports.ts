import { type Kysely, sql } from "kysely";

/** What a validator publishes slice by slice, what it is made of, and what miners hand in. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("export_reports")
    .addColumn("end_us", "bigint", (column) => column.primaryKey())
    .addColumn("start_us", "bigint", (column) => column.notNull())
    .addColumn("sequence", "bigint", (column) => column.notNull().unique())
    .addColumn("sha256", "text", (column) => column.notNull())
    .addColumn("tree_root", "text", (column) => column.notNull())
    .addColumn("tree_size", "bigint", (column) => column.notNull())
    .addColumn("log_to", "bigint", (column) => column.notNull())
    .addColumn("scores", "text", (column) => column.notNull())
    .addColumn("sent_block", "bigint")
    .addColumn("block", "bigint")
    .addColumn("entry_id", "text", (column) => column.unique())
    .addColumn("path", "text", (column) => column.unique())
    .addColumn("created_us", "bigint")
    .addCheckConstraint("export_reports_slice", sql`start_us < end_us`)
    .addCheckConstraint(
      "export_reports_listed",
      sql`(entry_id is null) = (path is null) and (path is null) = (created_us is null)`,
    )
    .execute();
  await schema
    .createTable("export_services")
    .addColumn("instance_id", "text", (column) => column.primaryKey())
    .addColumn("family_id", "text", (column) => column.notNull())
    .addColumn("miner", "text", (column) => column.notNull())
    .addColumn("since_run", "bigint", (column) => column.notNull())
    .addColumn("started_us", "bigint", (column) => column.notNull())
    .addColumn("ended_us", "bigint")
    .addColumn("settled_us", "bigint")
    .addColumn("reason", "text")
    .addColumn("unmeasured", "boolean", (column) => column.notNull())
    .addColumn("multiplier_micro", "bigint", (column) => column.notNull())
    .execute();
  await schema
    .createIndex("export_services_live")
    .on("export_services")
    .columns(["family_id", "miner"])
    .unique()
    .where(sql.ref("ended_us"), "is", null)
    .execute();
  await schema
    .createTable("export_history")
    .addColumn("instance_id", "text", (column) => column.notNull())
    .addColumn("run_index", "bigint", (column) => column.notNull())
    .addColumn("multiplier_micro", "bigint", (column) => column.notNull())
    .addColumn("started_us", "bigint", (column) => column.notNull())
    .addColumn("ended_us", "bigint", (column) => column.notNull())
    .addColumn("settled_us", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("export_history_pkey", ["instance_id", "run_index"])
    .execute();
  await schema
    .createIndex("export_history_settled")
    .on("export_history")
    .column("settled_us")
    .execute();
  await schema
    .createTable("export_runs")
    .addColumn("run_index", "bigint", (column) => column.notNull())
    .addColumn("family_id", "text", (column) => column.notNull())
    .addColumn("started_us", "bigint", (column) => column.notNull())
    .addColumn("ended_us", "bigint", (column) => column.notNull())
    .addColumn("settled_us", "bigint", (column) => column.notNull())
    .addColumn("text", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("export_runs_pkey", ["run_index", "family_id"])
    .execute();
  await schema.createIndex("export_runs_settled").on("export_runs").column("settled_us").execute();
  await schema
    .createTable("miner_reports")
    .addColumn("entry_id", "text", (column) => column.primaryKey())
    .addColumn("hotkey", "text", (column) => column.notNull())
    .addColumn("block", "bigint", (column) => column.notNull())
    .addColumn("path", "text", (column) => column.notNull().unique())
    .addColumn("sha256", "text", (column) => column.notNull())
    .addColumn("start_us", "bigint", (column) => column.notNull())
    .addColumn("end_us", "bigint", (column) => column.notNull())
    .addColumn("created_us", "bigint", (column) => column.notNull())
    .addUniqueConstraint("miner_reports_slice", ["hotkey", "end_us"])
    .execute();
}
