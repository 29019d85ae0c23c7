import { mkdir, readdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BlobStore } from "@neurond/blob-store";
import { number, text } from "./cells.ts";
import { Converter } from "./converter.ts";
import { Engine, type EngineLimits } from "./engine.ts";
import { EntryFiles, type Paths } from "./entry-files.ts";
import { explained, warehouseError } from "./errors.ts";
import { SCHEMA, SCHEMA_VERSION } from "./schema.ts";

/** Where a window is kept and how much it may take. */
export interface WarehouseOptions extends Partial<EngineLimits> {
  /** On a local disk, for this process alone; about 90 bytes per invocation. */
  readonly directory: string;
  /** Where invocations go that exceed their share of the disk; without it all of them stay. */
  readonly archive?: Archive | undefined;
}

/** Object storage behind a window, and how much of the window is on the local disk. */
export interface Archive {
  readonly blobs: BlobStore;
  /** For invocations; a question that needs one larger entry exceeds it while it lasts. */
  readonly cacheBytes: number;
}

/** An open window of one validator's exports; the functions of this package work on it. */
export interface Warehouse extends AsyncDisposable {
  readonly engine: Engine;
  readonly converter: Converter;
  readonly paths: Paths;
  readonly files: EntryFiles;
  readonly archive: Archive | null;
}

const MEMORY_LIMIT_BYTES = 768 * 1024 * 1024;
const opened = new Set<string>(); // the engine's own lock keeps out other processes only

/**
 * Opens the window in `directory`, makes it where there is none, and removes what an interrupted load has
 * left. It holds nothing that cannot be loaded again.
 */
export async function openWarehouse(options: WarehouseOptions): Promise<Warehouse> {
  const directory = await prepare(options.directory);
  if (opened.has(directory)) throw warehouseError("WAREHOUSE_BUSY", `${directory} is open already`);
  opened.add(directory);
  await using resources = new AsyncDisposableStack();
  resources.defer(() => {
    opened.delete(directory);
  });
  const { memoryLimitBytes = MEMORY_LIMIT_BYTES, threads = 2 } = options;
  const third = Math.floor(memoryLimitBytes / 3);
  const engine = resources.use(
    await Engine.open(join(directory, "window.duckdb"), directory, {
      memoryLimitBytes: memoryLimitBytes - third,
      threads,
    }),
  );
  const converter = resources.use(new Converter(directory, { memoryLimitBytes: third, threads }));
  const paths = {
    invocations: join(directory, "invocations"),
    ids: join(directory, "ids"),
    temporary: join(directory, "tmp"),
  };
  await engine.exclusive(() => migrate(engine));
  const files = await EntryFiles.open(paths, await entriesWithFiles(engine));
  for (const name of await readdir(paths.temporary))
    await rm(join(paths.temporary, name), { force: true, recursive: true });
  const owned = resources.move();
  const archive = options.archive ?? null;
  return {
    engine,
    converter,
    paths,
    files,
    archive,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Where the invocations of an entry are kept. */
export function invocationsFile({ files }: Pick<Warehouse, "files">, entryId: string): string {
  return files.pathOf(entryId);
}

async function prepare(given: string): Promise<string> {
  try {
    for (const part of ["", "tmp", "invocations", "ids"])
      await mkdir(join(given, part), { recursive: true });
    const directory = await realpath(given);
    // The engine reads these as patterns, even where it is given a file.
    if (/[*?[\]{}]/.test(directory)) throw new Error("its path holds one of * ? [ ] { }");
    return directory;
  } catch (error) {
    throw explained(error, "WAREHOUSE_DIRECTORY_UNUSABLE", `the directory ${given} cannot be used`);
  }
}

async function migrate(engine: Engine): Promise<void> {
  const [found] = await engine.rows(
    "SELECT count(*) AS tables FROM duckdb_tables() WHERE table_name = 'meta'",
  );
  if (found === undefined || number(found, "tables") === 0) return await make(engine);
  const [meta] = await engine.rows("SELECT version FROM meta");
  const version = meta === undefined ? null : number(meta, "version");
  if (version === SCHEMA_VERSION) return;
  if (version !== null && version < SCHEMA_VERSION) return await remake(engine);
  throw warehouseError(
    "WAREHOUSE_CORRUPT",
    `the window has version ${version}, not ${SCHEMA_VERSION}`,
  );
}

async function make(engine: Engine): Promise<void> {
  await engine.transaction(async () => {
    for (const statement of SCHEMA) await engine.run(statement);
  });
}

/** All of a window can be loaded again, so an older one is emptied and not converted. */
async function remake(engine: Engine): Promise<void> {
  const tables = await engine.rows("SELECT table_name FROM duckdb_tables()");
  for (const table of tables) await engine.run(`DROP TABLE "${text(table, "table_name")}"`);
  await engine.run("DROP SEQUENCE entry_numbers");
  await make(engine);
}

/** Oldest first. A load that was cut off leaves files which no entry owns, never an entry without its files. */
async function entriesWithFiles(engine: Engine): Promise<readonly string[]> {
  const entries = await engine.rows(
    "SELECT entry_id FROM entries WHERE invocation_rows IS NOT NULL ORDER BY end_time, block, entry_id",
  );
  return entries.map((entry) => text(entry, "entry_id"));
}
