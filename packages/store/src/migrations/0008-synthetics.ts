import { type Kysely, sql } from "kysely";

/** Requests of an auditor's own, target by target, and what exports made of them. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("synthetics")
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("invocation_id", "text", (column) => column.notNull())
    .addColumn("parent_invocation_id", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("type", "text", (column) => column.notNull())
    .addColumn("chute_id", "text", (column) => column.notNull())
    .addColumn("function_name", "text")
    .addColumn("instance_id", "text")
    .addColumn("miner_uid", "integer")
    .addColumn("miner_hotkey", "text")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("settled_at", "bigint")
    .addColumn("has_error", "boolean", (column) => column.notNull())
    .addColumn("tokens_in", "bigint")
    .addColumn("tokens_out", "bigint")
    .addPrimaryKeyConstraint("synthetics_pkey", ["source", "invocation_id"])
    .addCheckConstraint(
      "synthetics_target",
      sql`kind = 'blind' or (kind = 'traced' and function_name is not null
        and instance_id is not null and miner_uid is not null and miner_hotkey is not null)`,
    )
    .execute();
  await schema
    .createIndex("synthetics_time")
    .on("synthetics")
    .columns(["source", "created_at"])
    .execute();
  await schema
    .createTable("synthetic_results")
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("invocation_id", "text", (column) => column.notNull())
    .addColumn("verdict", "text", (column) => column.notNull())
    .addColumn("fields", "text", (column) => column.notNull())
    .addColumn("judged_ms", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("synthetic_results_pkey", ["source", "invocation_id"])
    .addForeignKeyConstraint(
      "synthetic_results_probe",
      ["source", "invocation_id"],
      "synthetics",
      ["source", "invocation_id"],
      (constraint) => constraint.onDelete("cascade"),
    )
    .execute();
}
