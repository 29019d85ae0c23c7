import type { Kysely } from "kysely";

/** What validators of inference subnets export: entries and what became of them, the chain's word, scores. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("audit_entries")
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("entry_id", "text", (column) => column.notNull())
    .addColumn("reporter", "text", (column) => column.notNull())
    .addColumn("hotkey", "text", (column) => column.notNull())
    .addColumn("block", "bigint", (column) => column.notNull())
    .addColumn("path", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("start_time", "bigint", (column) => column.notNull())
    .addColumn("end_time", "bigint", (column) => column.notNull())
    .addColumn("processed", "boolean", (column) => column.notNull().defaultTo(false))
    .addPrimaryKeyConstraint("audit_entries_pkey", ["source", "entry_id"])
    .execute();
  await schema
    .createIndex("audit_entries_time")
    .on("audit_entries")
    .columns(["source", "end_time"])
    .execute();
  await ofEntry(database, "ingest_state")
    .addColumn("step", "text", (column) => column.notNull())
    .addColumn("report_sha256", "text")
    .addColumn("generation", "text")
    .addColumn("has_invocations", "boolean", (column) => column.notNull())
    .addColumn("uptime_us", "bigint")
    .addColumn("problem", "text")
    .addColumn("detail", "text")
    .addColumn("failures", "integer", (column) => column.notNull())
    .addColumn("next_try_ms", "bigint")
    .execute();
  await ofEntry(database, "entry_verification")
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("method", "text", (column) => column.notNull())
    .addColumn("digest", "text")
    .addColumn("found_block", "bigint")
    .addColumn("block_time", "bigint")
    .addColumn("checked_ms", "bigint", (column) => column.notNull())
    .execute();
  await schema
    .createTable("commitments")
    .addColumn("netuid", "integer", (column) => column.notNull())
    .addColumn("hotkey", "text", (column) => column.notNull())
    .addColumn("block", "bigint", (column) => column.notNull())
    .addColumn("extrinsic_index", "integer", (column) => column.notNull())
    .addColumn("block_hash", "text", (column) => column.notNull())
    .addColumn("block_time", "bigint")
    .addColumn("digest", "text")
    .addPrimaryKeyConstraint("commitments_pkey", ["netuid", "hotkey", "block", "extrinsic_index"])
    .execute();
  await findings(database);
  await scores(database);
}

/** A table with one row for an entry, which goes with it. */
function ofEntry(database: Kysely<unknown>, name: string) {
  return database.schema
    .createTable(name)
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("entry_id", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint(`${name}_pkey`, ["source", "entry_id"])
    .addForeignKeyConstraint(
      `${name}_entry`,
      ["source", "entry_id"],
      "audit_entries",
      ["source", "entry_id"],
      (constraint) => constraint.onDelete("cascade"),
    );
}

async function findings({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("audit_findings")
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("key", "text", (column) => column.notNull())
    .addColumn("serial", "bigint", (column) => column.generatedAlwaysAsIdentity().unique())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("severity", "text", (column) => column.notNull())
    .addColumn("subject", "text", (column) => column.notNull())
    .addColumn("entry_id", "text")
    .addColumn("end_time", "bigint")
    .addColumn("detail", "text", (column) => column.notNull())
    .addColumn("found_ms", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("audit_findings_pkey", ["source", "key"])
    .execute();
}

/** Scores and shares are numeric: exact, and open to queries. */
async function scores({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("score_runs")
    .addColumn("run_id", "bigint", (column) => column.generatedAlwaysAsIdentity().primaryKey())
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("as_of", "bigint", (column) => column.notNull())
    .addColumn("profile", "text", (column) => column.notNull())
    .addColumn("inputs_root", "text", (column) => column.notNull())
    .addColumn("inputs", "text", (column) => column.notNull())
    .addColumn("block", "bigint", (column) => column.notNull())
    .addColumn("created_ms", "bigint", (column) => column.notNull())
    .addColumn("hours", "integer", (column) => column.notNull())
    .addColumn("is_complete", "boolean", (column) => column.notNull())
    .addColumn("reconciled", "boolean", (column) => column.notNull())
    .addColumn("total", "numeric", (column) => column.notNull())
    .addColumn("metagraph", "text", (column) => column.notNull())
    .addColumn("weights", "text")
    .addColumn("published", "text")
    .execute();
  await schema
    .createIndex("score_runs_source")
    .on("score_runs")
    .columns(["source", "run_id"])
    .execute();
  await schema
    .createTable("score_rows")
    .addColumn("run_id", "bigint", (column) =>
      column.notNull().references("score_runs.run_id").onDelete("cascade"),
    )
    .addColumn("hotkey", "text", (column) => column.notNull())
    .addColumn("uid", "integer", (column) => column.notNull())
    .addColumn("score", "numeric", (column) => column.notNull())
    .addColumn("share", "numeric", (column) => column.notNull())
    .addColumn("actual", "numeric", (column) => column.notNull())
    .addColumn("weight", "numeric")
    .addColumn("published", "numeric")
    .addColumn("raw", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("score_rows_pkey", ["run_id", "hotkey"])
    .execute();
}
