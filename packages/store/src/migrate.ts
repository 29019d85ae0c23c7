import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { storeError } from "./errors.ts";
import * as log from "./migrations/0001-log.ts";
import * as runs from "./migrations/0002-runs.ts";
import * as bodies from "./migrations/0003-bodies.ts";
import * as catalog from "./migrations/0004-catalog.ts";
import * as peers from "./migrations/0005-peers.ts";
import * as audit from "./migrations/0006-audit.ts";
import * as exports from "./migrations/0007-exports.ts";
import * as synthetics from "./migrations/0008-synthetics.ts";
import * as exportedRuns from "./migrations/0009-exported-runs.ts";
import * as receipts from "./migrations/0010-receipts.ts";
import * as objects from "./migrations/0011-objects.ts";
import * as metagraph from "./migrations/0012-metagraph.ts";
import * as grants from "./migrations/0013-grants.ts";
import * as durability from "./migrations/0014-durability.ts";
import * as renewals from "./migrations/0015-renewals.ts";
import * as portableFiles from "./migrations/0016-portable-files.ts";
import * as shardProofs from "./migrations/0017-shard-proofs.ts";
import * as repairLeases from "./migrations/0018-repair-leases.ts";
import * as shardsById from "./migrations/0019-shards-by-id.ts";
import type { Tables } from "./tables.ts";

/** In the order of their names. One that was released is never changed: add another. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-log": log,
  "0002-runs": runs,
  "0003-bodies": bodies,
  "0004-catalog": catalog,
  "0005-peers": peers,
  "0006-audit": audit,
  "0007-exports": exports,
  "0008-synthetics": synthetics,
  "0009-exported-runs": exportedRuns,
  "0010-receipts": receipts,
  "0011-objects": objects,
  "0012-metagraph": metagraph,
  "0013-grants": grants,
  "0014-durability": durability,
  "0015-renewals": renewals,
  "0016-portable-files": portableFiles,
  "0017-shard-proofs": shardProofs,
  "0018-repair-leases": repairLeases,
  "0019-shards-by-id": shardsById,
};

/** Brings a schema up to date, or makes it; several processes may do so at once. */
export async function migrate(database: Kysely<Tables>, schema: string): Promise<void> {
  await createSchema(database, schema);
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => MIGRATIONS },
    migrationTableSchema: schema,
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof Error && /corrupted migrations/.test(error.message)) {
    const message = `schema ${schema} is of a newer version: run that, or restore a backup`;
    throw storeError("DATABASE_TOO_NEW", message, { schema }, error);
  }
  throw error;
}

/** Two at once would collide in the catalog despite `if not exists`. */
async function createSchema(database: Kysely<Tables>, schema: string): Promise<void> {
  const found = await sql`select 1 from pg_namespace where nspname = ${schema}`.execute(database);
  if (found.rows.length > 0) return;
  await database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtext('neurond schema'))`.execute(transaction);
    await sql`create schema if not exists ${sql.id(schema)}`.execute(transaction);
  });
}
