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

interface Connections {
  readonly instance: DuckDBInstance;
  readonly main: DuckDBConnection;
  readonly beside: DuckDBConnection;
}

/**
 * Two connections to one DuckDB, each used by one piece of work at a time: transactions of a connection do
 * not nest, and the engine spreads a statement over its threads anyway. The main one has the tables; the
 * other turns files into files meanwhile, so that no thread waits for the disk of a commit.
 */
export class Engine implements AsyncDisposable {
  readonly #file: string;
  readonly #directory: string;
  readonly #limits: EngineLimits;
  readonly #running = new Set<Promise<unknown>>();
  #connections: Promise<Connections> | null = null;
  #closed: Promise<void> = Promise.resolve();
  #turn: Promise<unknown> = Promise.resolve();
  #turnBeside: Promise<unknown> = Promise.resolve();

  private constructor(file: string, directory: string, limits: EngineLimits) {
    this.#file = file;
    this.#directory = directory;
    this.#limits = limits;
  }

  /** Opens or makes the file; the engine may read and write nothing outside `directory`. */
  static async open(file: string, directory: string, limits: EngineLimits): Promise<Engine> {
    const engine = new Engine(file, directory, limits);
    await engine.#connected();
    return engine;
  }

  /** Runs `work` when all that was asked before has ended; an abort interrupts its statement. */
  async exclusive<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const turn = this.#turn.then(() => this.#interruptible("main", work, signal));
    this.#turn = turn.catch(() => {});
    return await turn;
  }

  /** The rows of a statement that touches no table, beside what runs in `exclusive`, one at a time. */
  async beside(sql: string, signal?: AbortSignal): Promise<readonly Cells[]> {
    const turn = this.#turnBeside.then(() =>
      this.#interruptible("beside", () => this.#read("beside", sql), signal),
    );
    this.#turnBeside = turn.catch(() => {});
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
    await this.#guard("main", async (connection) => {
      await connection.run(sql, values && { ...values }, types && { ...types });
    });
  }

  /** The rows of a statement, all in memory: for results that are small by nature. */
  async rows(sql: string, values?: Parameters, types?: Types): Promise<readonly Cells[]> {
    return await this.#read("main", sql, values, types);
  }

  /** Adds rows to a table, column by column in its own order. */
  async append(table: string, rows: Iterable<readonly DuckDBValue[]>): Promise<number> {
    return await this.#guard("main", async (connection) => {
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
    await Promise.all([this.#turn, this.#turnBeside]);
    this.#disconnect();
    await this.#closed;
  }

  async #interruptible<T>(
    which: "main" | "beside",
    work: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    signal?.throwIfAborted();
    const connections = await this.#connected();
    const interrupt = () => connections[which].interrupt();
    signal?.addEventListener("abort", interrupt);
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", interrupt);
    }
  }

  async #read(
    which: "main" | "beside",
    sql: string,
    values?: Parameters,
    types?: Types,
  ): Promise<readonly Cells[]> {
    return await this.#guard(which, async (connection) => {
      const read = await connection.runAndReadAll(
        sql,
        values && { ...values },
        types && { ...types },
      );
      return read.getRowObjectsJS();
    });
  }

  async #guard<T>(
    which: "main" | "beside",
    work: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    const connections = await this.#connected();
    const running = work(connections[which]);
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      // A failed write, or a fault of the engine, ends the whole instance; the file itself is sound.
      if (error instanceof Error && /FATAL|INTERNAL|has been invalidated/.test(error.message))
        this.#disconnect();
      throw explained(error, "WAREHOUSE_FAILED", "the window refused a statement");
    } finally {
      this.#running.delete(running);
    }
  }

  #connected(): Promise<Connections> {
    if (this.#connections !== null) return this.#connections;
    const connections = this.#connect();
    this.#connections = connections;
    connections.catch(() => {
      if (this.#connections === connections) this.#connections = null;
    });
    return connections;
  }

  async #connect(): Promise<Connections> {
    await this.#closed;
    using opened = new DisposableStack();
    try {
      const instance = await DuckDBInstance.create(this.#file, {
        threads: String(this.#limits.threads),
        memory_limit: `${this.#limits.memoryLimitBytes}B`,
        preserve_insertion_order: "false", // rows are told apart by content; keeping order costs memory
        autoinstall_known_extensions: "false",
        autoload_known_extensions: "false",
      });
      opened.defer(() => instance.closeSync());
      const main = await instance.connect();
      opened.defer(() => main.closeSync());
      const beside = await instance.connect();
      opened.defer(() => beside.closeSync());
      await beside.run(UTC);
      for (const setting of this.#settings()) await main.run(setting);
      opened.move();
      return { instance, main, beside };
    } catch (error) {
      throw explained(error, "WAREHOUSE_CORRUPT", "the window does not open");
    }
  }

  #settings(): readonly string[] {
    const [directory, temporary] = [this.#directory, `${this.#directory}/tmp`].map(quoted);
    return [
      UTC,
      `SET temp_directory = ${temporary}`,
      "SET parquet_metadata_cache = true",
      `SET allowed_directories = [${directory}]`,
      "SET enable_external_access = false",
      "SET lock_configuration = true",
    ];
  }

  /** A connection is not closed under its statement; those of an instance that has ended fail soon. */
  #disconnect(): void {
    const connections = this.#connections;
    if (connections === null) return;
    this.#connections = null;
    this.#closed = Promise.allSettled(this.#running).then(async () => {
      const { instance, main, beside } = await connections;
      for (const open of [beside, main, instance]) open.closeSync();
    });
  }
}

const UTC = "SET TimeZone = 'UTC'"; // of each connection

/** Types of `$name` where the value alone does not tell. */
export type Types = Readonly<Record<string, DuckDBType>>;

/** A path of our own making as an SQL literal, for the places that take no parameter. */
export function quoted(path: string): string {
  if (path.includes("\0")) throw warehouseError("WAREHOUSE_DIRECTORY_UNUSABLE", "a path holds NUL");
  return `'${path.replaceAll("'", "''")}'`;
}
