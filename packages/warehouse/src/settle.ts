import { filesOf, measured, type Numbered, pathsOf } from "./attempts-sql.ts";
import { number, text } from "./cells.ts";
import { type Engine, quoted } from "./engine.ts";
import { explained, warehouseError } from "./errors.ts";
import { mayHold, piecesOf } from "./pieces.ts";
import { MEASURES } from "./schema.ts";
import { invocationsFile, type Warehouse } from "./warehouse.ts";

const BATCH_ROWS = 1_000_000; // bounds the memory for ids of one batch

/**
 * Brings the sums up to what is loaded. Two things are derived from the files, each batch of entries
 * in one transaction:
 *
 * - `sums`: every entry's measures, as if each of its rows counted. Written once, never changed.
 * - `exceptions`: copies of the rows that may not count: all versions of an attempt which several rows
 *   hold, and attempts of a request with a confirmed report.
 *
 * What counts at some time is the sums less those exceptions that lose then. As integers are taken off, no
 * trace remains, and neither the order of arrival nor of batches can be seen in any figure.
 */
export async function settle(warehouse: Warehouse): Promise<void> {
  const { engine } = warehouse;
  for (let batch = await nextBatch(engine); batch.length > 0; batch = await nextBatch(engine)) {
    try {
      await settleBatch(warehouse, batch);
    } catch (error) {
      throw await blamed(warehouse, error);
    }
  }
}

type Batch = readonly (Numbered & { readonly hasFile: boolean })[];

async function nextBatch(engine: Engine): Promise<Batch> {
  const rows = await engine.rows(
    `SELECT seq, entry_id, invocation_rows IS NOT NULL AS has_file FROM (SELECT *,
       sum(coalesce(invocation_rows, 0)) OVER (ORDER BY seq) AS upto, min(seq) OVER () AS first
     FROM entries WHERE NOT is_settled) WHERE seq = first OR upto <= ${BATCH_ROWS} ORDER BY seq`,
  );
  return rows.map((row) => ({
    seq: number(row, "seq"),
    entryId: text(row, "entry_id"),
    hasFile: row["has_file"] === true,
  }));
}

async function settleBatch(warehouse: Warehouse, batch: Batch): Promise<void> {
  const { engine } = warehouse;
  const fresh = batch.filter(({ hasFile }) => hasFile);
  const settled = await settledFiles(engine);
  await engine.transaction(async () => {
    await makeWorkTables(engine, batch);
    if (fresh.length > 0) {
      await addSums(warehouse, fresh);
      await findRepeated(warehouse, fresh, settled);
      await copyRows(warehouse, fresh, "repeated", "invocation_id");
      await copyRows(warehouse, fresh, "reported", "parent_invocation_id");
    }
    const repeating = await holders(warehouse, settled, "repeated");
    for await (const piece of piecesOf(warehouse, repeating))
      await copyRows(warehouse, piece, "repeated", "invocation_id");
    await findNewlyReported(warehouse, settled);
    const reported = await holders(warehouse, settled, "newly_reported");
    for await (const piece of piecesOf(warehouse, reported))
      await copyRows(warehouse, piece, "newly_reported", "parent_invocation_id");
    await engine.run(`UPDATE entries SET is_settled = true WHERE seq IN (SELECT seq FROM batch)`);
    for (const table of WORK_TABLES) await engine.run(`DROP TABLE IF EXISTS ${table}`);
  });
}

const WORK_TABLES = [
  "batch",
  "repeated",
  "repeated_files",
  "reported",
  "newly_reported",
  "newly_reported_files",
];

async function settledFiles(engine: Engine): Promise<readonly Numbered[]> {
  const rows = await engine.rows(
    "SELECT seq, entry_id FROM entries WHERE is_settled AND invocation_rows IS NOT NULL",
  );
  return rows.map((row) => ({ seq: number(row, "seq"), entryId: text(row, "entry_id") }));
}

async function makeWorkTables(engine: Engine, batch: Batch): Promise<void> {
  for (const table of WORK_TABLES) await engine.run(`DROP TABLE IF EXISTS ${table}`);
  const numbers = batch.map(({ seq }) => `(${seq})`).join(", ");
  await engine.run(`CREATE TEMP TABLE batch AS SELECT * FROM (VALUES ${numbers}) v(seq)`);
  await engine.run(`CREATE TEMP TABLE reported AS SELECT DISTINCT invocation_id AS id FROM reports
    WHERE confirmed_at IS NOT NULL`);
  await engine.run(`CREATE TEMP TABLE newly_reported AS SELECT DISTINCT invocation_id AS id FROM reports
    WHERE confirmed_at IS NOT NULL AND seq IN (SELECT seq FROM batch)`);
}

async function addSums(warehouse: Warehouse, fresh: readonly Numbered[]): Promise<void> {
  const sums = MEASURES.map((name) => `sum(${name})`).join(", ");
  await warehouse.engine.run(
    `INSERT INTO sums SELECT seq, hour, miner_hotkey, chute_id, function_name, ${sums}
     FROM (${measured(filesOf(warehouse, fresh))}) WHERE attempts > 0 AND hour IS NOT NULL
     GROUP BY ALL`,
  );
}

/** Attempts with more than one row, at least one of them in a fresh file, and the settled files they are in. */
async function findRepeated(
  warehouse: Warehouse,
  fresh: readonly Numbered[],
  settled: readonly Numbered[],
): Promise<void> {
  const { engine } = warehouse;
  const freshIds = `SELECT invocation_id AS id FROM read_parquet(${pathsOf(warehouse, fresh)})`;
  await engine.run(
    `CREATE TEMP TABLE repeated AS SELECT id FROM (${freshIds}) GROUP BY id HAVING count(*) > 1`,
  );
  if (settled.length === 0) return;
  await engine.run("CREATE TEMP TABLE repeated_files(id UUID, filename VARCHAR)");
  const candidates = await mayHold(warehouse, settled, "attempt", freshIds);
  for await (const piece of piecesOf(warehouse, candidates)) {
    await engine.run(
      `INSERT INTO repeated_files SELECT DISTINCT s.invocation_id AS id, s.filename
       FROM read_parquet(${pathsOf(warehouse, piece)}, filename = true) s
       SEMI JOIN (${freshIds}) f ON s.invocation_id = f.id`,
    );
  }
  await engine.run("INSERT INTO repeated SELECT DISTINCT id FROM repeated_files");
}

async function findNewlyReported(
  warehouse: Warehouse,
  settled: readonly Numbered[],
): Promise<void> {
  const { engine } = warehouse;
  const [counted] = await engine.rows("SELECT count(*) AS ids FROM newly_reported");
  if (settled.length === 0 || counted === undefined || number(counted, "ids") === 0) return;
  await engine.run("CREATE TEMP TABLE newly_reported_files(filename VARCHAR)");
  const ids = "SELECT id FROM newly_reported";
  for await (const piece of piecesOf(
    warehouse,
    await mayHold(warehouse, settled, "request", ids),
  )) {
    await engine.run(
      `INSERT INTO newly_reported_files SELECT DISTINCT s.filename
       FROM read_parquet(${pathsOf(warehouse, piece)}, filename = true) s
       SEMI JOIN newly_reported n ON s.parent_invocation_id = n.id`,
    );
  }
}

/** The settled entries whose files hold any of these ids: few, so only they are read in full. */
async function holders(
  warehouse: Warehouse,
  settled: readonly Numbered[],
  table: "repeated" | "newly_reported",
): Promise<readonly Numbered[]> {
  const { engine } = warehouse;
  const [made] = await engine.rows(
    "SELECT count(*) AS tables FROM duckdb_tables() WHERE table_name = $name",
    { name: `${table}_files` },
  );
  if (made === undefined || number(made, "tables") === 0) return [];
  const rows = await engine.rows(`SELECT DISTINCT filename FROM ${table}_files`);
  const names = new Set(rows.map((row) => text(row, "filename")));
  return settled.filter(({ entryId }) => names.has(invocationsFile(warehouse, entryId)));
}

/** Copies rows of these entries to the exceptions, each once. */
async function copyRows(
  warehouse: Warehouse,
  entries: readonly Numbered[],
  table: string,
  column: string,
): Promise<void> {
  if (entries.length === 0) return;
  const matching = `SELECT * FROM (${filesOf(warehouse, entries)}) r
    SEMI JOIN ${table} t ON r.${column} = t.id`;
  await warehouse.engine.run(
    `INSERT INTO exceptions SELECT m.* EXCLUDE (work_double) FROM (${measured(matching)}) m
     ANTI JOIN exceptions e ON m.seq = e.seq AND m.row = e.row`,
  );
}

/** Where a file cannot be read, says which entries are to be loaded again. */
export async function blamed(warehouse: Warehouse, error: unknown): Promise<unknown> {
  const { engine } = warehouse;
  const explanation = explained(error, "WAREHOUSE_FAILED", "the sums cannot be made");
  if (explanation.code !== "WAREHOUSE_FAILED") return explanation;
  const entryIds: string[] = [];
  const entries = await engine.rows(
    "SELECT entry_id FROM entries WHERE invocation_rows IS NOT NULL",
  );
  const here = entries.map((row) => text(row, "entry_id"));
  // What is archived was checked as it came back.
  for (const entryId of here.filter((id) => warehouse.files.archived(id) === undefined)) {
    const file = quoted(invocationsFile(warehouse, entryId));
    try {
      await engine.rows(`SELECT sum(hash(COLUMNS(*))) FROM read_parquet(${file})`);
    } catch {
      entryIds.push(entryId);
    }
  }
  if (entryIds.length === 0) return explanation;
  const some = entryIds.slice(0, 3).join(", ");
  return warehouseError(
    "ENTRY_CORRUPT",
    `cannot read the invocations of ${some}`,
    { entryIds },
    error,
  );
}
