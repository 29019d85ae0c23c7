import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type Database, openDatabase } from "@neurond/store";
import { sql } from "kysely";

/** Kept between test runs, because making a database takes longer than most tests. */
const DIRECTORY = fileURLToPath(
  new URL("../../../node_modules/.cache/neurond-postgres-18", import.meta.url),
);

/**
 * An empty, migrated schema of its own on a real Postgres: the one of `TEST_DATABASE_URL`, or an
 * embedded server that all tests share. Disposing drops the schema.
 */
export async function testDatabase(
  options: { readonly signal?: AbortSignal; readonly schema?: string } = {},
): Promise<Database> {
  const { signal = AbortSignal.timeout(120_000) } = options;
  const schema = options.schema ?? `test_${randomBytes(6).toString("hex")}`;
  const database = await openDatabase({
    url: process.env["TEST_DATABASE_URL"],
    directory: DIRECTORY,
    durable: false,
    schema,
    signal,
  });
  return {
    ...database,
    get url() {
      return database.url;
    },
    async [Symbol.asyncDispose]() {
      await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(database.kysely);
      await database[Symbol.asyncDispose]();
    },
  };
}
