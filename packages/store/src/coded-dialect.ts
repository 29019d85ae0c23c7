import {
  type AbortableOperationOptions,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresDialect,
  type PostgresPool,
  type QueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import { explainDatabase } from "./explain-database.ts";
import { tableNames } from "./table-names.ts";

/** Kysely's Postgres dialect, whose failures are coded errors. */
export class CodedDialect implements Dialect {
  readonly #postgres: PostgresDialect;

  constructor(pool: PostgresPool) {
    this.#postgres = new PostgresDialect({ pool });
  }

  createDriver(): Driver {
    return new CodedDriver(this.#postgres.createDriver());
  }

  createQueryCompiler(): QueryCompiler {
    return this.#postgres.createQueryCompiler();
  }

  createAdapter() {
    return this.#postgres.createAdapter();
  }

  createIntrospector(database: Kysely<unknown>) {
    return tableNames(database);
  }
}

class CodedDriver implements Driver {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  init(): Promise<void> {
    return this.#driver.init();
  }

  async acquireConnection(options?: AbortableOperationOptions): Promise<DatabaseConnection> {
    return new CodedConnection(await this.#driver.acquireConnection(options).catch(rethrow));
  }

  beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    return this.#driver.beginTransaction(innerOf(connection), settings).catch(rethrow);
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return this.#driver.commitTransaction(innerOf(connection)).catch(rethrow);
  }

  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    return this.#driver.rollbackTransaction(innerOf(connection)).catch(rethrow);
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    return this.#driver.releaseConnection(innerOf(connection));
  }

  destroy(): Promise<void> {
    return this.#driver.destroy();
  }
}

class CodedConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;

  constructor(inner: DatabaseConnection) {
    this.inner = inner;
  }

  executeQuery<R>(
    query: CompiledQuery,
    options?: AbortableOperationOptions,
  ): Promise<QueryResult<R>> {
    return this.inner.executeQuery<R>(query, options).catch(rethrow);
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.inner.streamQuery<R>(query, chunkSize);
  }
}

function innerOf(connection: DatabaseConnection): DatabaseConnection {
  return connection instanceof CodedConnection ? connection.inner : connection;
}

function rethrow(error: unknown): never {
  throw explainDatabase(error);
}
