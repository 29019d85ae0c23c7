import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Cells } from "./cells.ts";
import { type EngineLimits, quoted } from "./engine.ts";
import { explained } from "./errors.ts";

/**
 * Turns files into files, as many at a time as there are threads, each on one thread: the engine's threads
 * that share a small file wait for each other in a loop, which takes a seventh of all time. It has no
 * tables, so nothing of it waits for the disk of a commit either.
 */
export class Converter implements AsyncDisposable {
  readonly #directory: string;
  readonly #memoryLimitBytes: number;
  readonly #lanes: Promise<unknown>[];
  #instance: Promise<DuckDBInstance> | null = null;
  #next = 0;

  /** It may read and write nothing outside `directory`. */
  constructor(directory: string, { memoryLimitBytes, threads }: EngineLimits) {
    this.#directory = directory;
    this.#memoryLimitBytes = memoryLimitBytes;
    this.#lanes = Array.from({ length: threads }, () => Promise.resolve());
  }

  /** The rows of a statement; an abort interrupts it. */
  async run(sql: string, signal?: AbortSignal): Promise<readonly Cells[]> {
    const lane = this.#next++ % this.#lanes.length;
    const turn = (this.#lanes[lane] ?? Promise.resolve()).then(() => this.#convert(sql, signal));
    this.#lanes[lane] = turn.catch(() => {});
    return await turn;
  }

  /** Waits for what runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#lanes);
    const instance = await this.#instance;
    this.#instance = null;
    instance?.closeSync();
  }

  async #convert(sql: string, signal?: AbortSignal): Promise<readonly Cells[]> {
    signal?.throwIfAborted();
    const opened = this.#opened();
    const connection = await opened.then((instance) => instance.connect());
    const interrupt = () => connection.interrupt();
    signal?.addEventListener("abort", interrupt);
    try {
      const read = await connection.runAndReadAll(sql);
      return read.getRowObjectsJS();
    } catch (error) {
      signal?.throwIfAborted();
      // A fault ends the whole instance; as it holds nothing, the next statement begins with another.
      if (error instanceof Error && /FATAL|INTERNAL|has been invalidated/.test(error.message)) {
        if (this.#instance === opened) this.#instance = null;
      }
      throw explained(error, "WAREHOUSE_FAILED", "a conversion failed");
    } finally {
      signal?.removeEventListener("abort", interrupt);
      connection.closeSync();
    }
  }

  #opened(): Promise<DuckDBInstance> {
    if (this.#instance !== null) return this.#instance;
    const opening = this.#open();
    this.#instance = opening;
    opening.catch(() => {
      if (this.#instance === opening) this.#instance = null;
    });
    return opening;
  }

  async #open(): Promise<DuckDBInstance> {
    try {
      const instance = await DuckDBInstance.create(":memory:", {
        threads: "1",
        memory_limit: `${this.#memoryLimitBytes}B`,
        preserve_insertion_order: "false",
        autoinstall_known_extensions: "false",
        autoload_known_extensions: "false",
      });
      const connection = await instance.connect();
      for (const setting of this.#settings()) await connection.run(setting);
      connection.closeSync();
      return instance;
    } catch (error) {
      throw explained(error, "WAREHOUSE_FAILED", "the converter does not start");
    }
  }

  #settings(): readonly string[] {
    return [
      "SET GLOBAL TimeZone = 'UTC'",
      `SET temp_directory = ${quoted(join(this.#directory, "tmp", "converter"))}`, // its own: names would clash
      `SET allowed_directories = [${quoted(this.#directory)}]`,
      "SET enable_external_access = false",
      "SET lock_configuration = true",
    ];
  }
}
