import { type Kysely, sql } from "kysely";

/** Whose files are, who repairs them, what was deleted; which miners are gone; what a node repairs. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema.alterTable("manifests").addColumn("custodian", "text").execute();
  await sql`create index manifests_custodian on manifests (custodian, file_id)
    where custodian is not null`.execute(database);
  await schema.createIndex("manifests_expiry").on("manifests").column("expires_block").execute();
  await schema.createIndex("shards_file").on("shards").column("file_id").execute();
  await schema.createIndex("shards_expiry").on("shards").column("expires_block").execute();
  await schema
    .createTable("file_owners")
    .addColumn("file_id", "text", (column) => column.primaryKey())
    .addColumn("owner", "text", (column) => column.notNull())
    .addColumn("claimed_block", "bigint", (column) => column.notNull())
    .execute();
  await sql`insert into file_owners (file_id, owner, claimed_block)
    select file_id, owner, 0 from manifests`.execute(database);
  await schema
    .createTable("deleted_shards")
    .addColumn("shard_id", "bytea", (column) => column.notNull())
    .addColumn("validator", "text", (column) => column.notNull())
    .addColumn("miner", "text", (column) => column.notNull())
    .addColumn("file_id", "text", (column) => column.notNull())
    .addColumn("size_bytes", "bigint", (column) => column.notNull())
    .addColumn("receipt", "text", (column) => column.notNull())
    .addColumn("expires_block", "bigint", (column) => column.notNull())
    .addColumn("deleted_block", "bigint", (column) => column.notNull())
    .addColumn("logged", "boolean", (column) => column.notNull().defaultTo(false))
    .addColumn("told", "boolean", (column) => column.notNull().defaultTo(false))
    .addColumn("tries", "integer", (column) => column.notNull().defaultTo(0))
    .addPrimaryKeyConstraint("deleted_shards_pkey", ["validator", "miner", "shard_id"])
    .execute();
  await sql`create index deleted_shards_untold on deleted_shards (tries) where not told`.execute(
    database,
  );
  await schema
    .createTable("miner_presence")
    .addColumn("miner", "text", (column) => column.primaryKey())
    .addColumn("uid", "integer", (column) => column.notNull())
    .addColumn("seen_block", "bigint", (column) => column.notNull())
    .addColumn("departed_block", "bigint")
    .addColumn("bad_runs", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("judged_run", "integer", (column) => column.notNull().defaultTo(-1))
    .execute();
  await schema
    .createTable("shard_faults")
    .addColumn("shard_id", "bytea", (column) => column.primaryKey())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("found_ms", "bigint", (column) => column.notNull())
    .execute();
  await addNode(database);
}

/** What an API node on a network of miners remembers. */
async function addNode(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("vault_files")
    .addColumn("file_id", "text", (column) => column.primaryKey())
    .addColumn("validator", "text", (column) => column.notNull())
    .addColumn("size", "bigint", (column) => column.notNull())
    .addColumn("manifest", "text", (column) => column.notNull())
    .addColumn("created_ms", "bigint", (column) => column.notNull())
    .execute();
  await schema
    .createTable("repairs")
    .addColumn("file_id", "text", (column) => column.notNull())
    .addColumn("segment", "integer", (column) => column.notNull())
    .addColumn("validator", "text", (column) => column.notNull())
    .addColumn("k", "integer", (column) => column.notNull())
    .addColumn("n", "integer", (column) => column.notNull())
    .addColumn("live", "integer", (column) => column.notNull())
    .addColumn("lost", "text", (column) => column.notNull())
    .addColumn("failures", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("detail", "text")
    .addColumn("queued_ms", "bigint", (column) => column.notNull())
    .addColumn("due_ms", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("repairs_pkey", ["file_id", "segment"])
    .execute();
  await sql`create index repairs_order on repairs ((live - k), queued_ms)`.execute(database);
}
