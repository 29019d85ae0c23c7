import {
  type DatabaseIntrospector,
  type Kysely,
  type SchemaMetadata,
  sql,
  type TableMetadata,
} from "kysely";

/**
 * Which schemas and tables there are: all that a migrator asks. Kysely's own introspector also describes
 * every column of every schema of the server, which takes seconds on a busy one and fails when somebody
 * drops a table meanwhile.
 */
export function tableNames(database: Kysely<unknown>): DatabaseIntrospector {
  return {
    async getSchemas(): Promise<SchemaMetadata[]> {
      const found = await sql<SchemaMetadata>`select nspname as name from pg_namespace`.execute(
        database,
      );
      return found.rows;
    },
    async getTables(): Promise<TableMetadata[]> {
      const found = await sql<{ name: string; schema: string }>`
        select relname as name, nspname as schema from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where relkind in ('r', 'p')`.execute(database);
      return found.rows.map((table) => ({
        ...table,
        isView: false,
        isForeign: false,
        columns: [],
      }));
    },
  };
}
