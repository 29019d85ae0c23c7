import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBType,
  type DuckDBValue,
} from "@duckdb/node-api";
import type { Cells } from "./cells.ts";
import { explained, warehouseError } from "./errors.ts";

/** How much the engine may take. */
export interface EngineLimits {
  readonly memoryLimitBytes: number;
  readonly threads: number;
}

/** Values of `$name` in a statement; every value that comes from outside travels like this. */
export type Parameters = Readonly<Record<string, DuckDBValue>>;

/**
 * One DuckDB connection, used by one piece of work at a time: transactions of a connection do not nest,
 * and the engine spreads a statement over its threads anyway.
 */
export class Engine implements AsyncDisposable {
  readonly #file: string;
  readonly #directory: string;
  readonly #limits: EngineLimits;
  #instance: DuckDBInstance | null = null;
  #connection: DuckDBConnection | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(file: string, directory: string, limits: EngineLimits) {
    this.#file = file;
    this.#directory = directory;
    this.#limits = limits;
  }

  /** Opens or makes the file; the engine may read and write nothing outside `directory`. */
  static async open(file: string, directory: string, limits: EngineLimits): Promise<Engine> {
    const engine = new Engine(file, directory, limits);
    await engine.#connect();
    return engine;
  }

  /** Runs `work` when all that was asked before has ended; an abort interrupts its statement. */
  async exclusive<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const turn = this.#turn.then(async () => {
      signal?.throwIfAborted();
      const interrupt = () => this.#connection?.interrupt();
      signal?.addEventListener("abort", interrupt);
      try {
        return await work();
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      } finally {
        signal?.removeEventListener("abort", interrupt);
      }
    });
    this.#turn = turn.catch(() => {});
    return await turn;
  }

  /** All of `work` or nothing of it. Only within `exclusive`. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.run("BEGIN");
    try {
      const result = await work();
      await this.run("COMMIT");
      return result;
    } catch (error) {
      // After some failures of the disk the engine has ended the transaction itself.
      await this.run("ROLLBACK").catch(() => {});
      throw error;
    }
  }

  /** Runs a statement for its effect. */
  async run(sql: string, values?: Parameters, types?: Types): Promise<void> {
    await this.#guard(async (connection) => {
      await connection.run(sql, values && { ...values }, types && { ...types });
    });
  }

  /** The rows of a statement, all in memory: for results that are small by nature. */
  async rows(sql: string, values?: Parameters, types?: Types): Promise<readonly Cells[]> {
    return await this.#guard(async (connection) => {
      const read = await connection.runAndReadAll(
        sql,
        values && { ...values },
        types && { ...types },
      );
      return read.getRowObjectsJS();
    });
  }

  /** Adds rows to a table, column by column in its own order. */
  async append(table: string, rows: Iterable<readonly DuckDBValue[]>): Promise<number> {
    return await this.#guard(async (connection) => {
      const appender = await connection.createAppender(table);
      const types = Array.from({ length: appender.columnCount }, (_, at) =>
        appender.columnType(at),
      );
      let count = 0;
      try {
        for (const row of rows) {
          for (const [at, type] of types.entries()) {
            const value = row[at] ?? null;
            if (value === null) appender.appendNull();
            else appender.appendValue(value, type);
          }
          appender.endRow();
          count += 1;
        }
      } finally {
        appender.closeSync();
      }
      return count;
    });
  }

  /** Waits for what runs and closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    this.#disconnect();
  }

  async #guard<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = this.#connection ?? (await this.#connect());
    try {
      return await work(connection);
    } catch (error) {
      // A failed write, or a fault of the engine, ends the whole instance; the file itself is sound.
      if (error instanceof Error && /FATAL|INTERNAL|has been invalidated/.test(error.message))
        this.#disconnect();
      throw explained(error, "WAREHOUSE_FAILED", "the window refused a statement");
    }
  }

  async #connect(): Promise<DuckDBConnection> {
    try {
      this.#instance = await DuckDBInstance.create(this.#file, {
        threads: String(this.#limits.threads),
        memory_limit: `${this.#limits.memoryLimitBytes}B`,
        preserve_insertion_order: "false", // rows are told apart by content; keeping order costs memory
        autoinstall_known_extensions: "false",
        autoload_known_extensions: "false",
      });
      this.#connection = await this.#instance.connect();
      for (const setting of this.#settings()) await this.#connection.run(setting);
      return this.#connection;
    } catch (error) {
      this.#disconnect();
      throw explained(error, "WAREHOUSE_CORRUPT", "the window does not open");
    }
  }

  #settings(): readonly string[] {
    const [directory, temporary] = [this.#directory, `${this.#directory}/tmp`].map(quoted);
    return [
      "SET TimeZone = 'UTC'",
      `SET temp_directory = ${temporary}`,
      "SET parquet_metadata_cache = true",
      `SET allowed_directories = [${directory}]`,
      "SET enable_external_access = false",
      "SET lock_configuration = true",
    ];
  }

  #disconnect(): void {
    this.#connection?.closeSync();
    this.#instance?.closeSync();
    this.#connection = null;
    this.#instance = null;
  }
}

/** Types of `$name` where the value alone does not tell. */
export type Types = Readonly<Record<string, DuckDBType>>;

/** A path of our own making as an SQL literal, for the places that take no parameter. */
export function quoted(path: string): string {
  if (path.includes("\0")) throw warehouseError("WAREHOUSE_DIRECTORY_UNUSABLE", "a path holds NUL");
  return `'${path.replaceAll("'", "''")}'`;
}
