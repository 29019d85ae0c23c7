import type { Kysely } from "kysely";

/** When a shard's receipt was signed anew: terms differ, so its end no longer says so. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema.alterTable("shards").addColumn("renewed_block", "bigint").execute();
}
