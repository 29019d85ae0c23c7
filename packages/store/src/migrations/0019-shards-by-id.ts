import type { Kysely } from "kysely";

/** Whoever puts or gets a shard names it by its id alone. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema.createIndex("shards_id").on("shards").column("shard_id").execute();
}
