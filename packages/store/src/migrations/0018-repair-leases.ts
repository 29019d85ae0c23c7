import type { Kysely } from "kysely";

/** When a repair is due and how long it is somebody's are two things: only the first moves. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .alterTable("repairs")
    .addColumn("lease_ms", "bigint", (column) => column.notNull().defaultTo(0))
    .execute();
}
