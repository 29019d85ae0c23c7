import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Hotkey, hotkeyOf } from "@neurond/primitives";
import { type Database, LogSlices, openDatabase, PostgresLog } from "@neurond/store";
import { ExportFiles, exportRows } from "@neurond/validator";
import { sql } from "kysely";

/** What a busy hour has. */
const ROWS = 500_000;
const MINERS = 250;
const PATH = "invocations/2026/01/01/01.csv";
/** An answer with its proof, as a storage challenge leaves it in the record. */
const EVIDENCE_CHARS = 300;

/** A validator's record of one busy hour, in Postgres as it lies there. */
export class BusyHour implements AsyncDisposable {
  readonly #database: Database;
  readonly #logId: number;
  readonly #directory: string;

  private constructor(database: Database, logId: number, directory: string) {
    this.#database = database;
    this.#logId = logId;
    this.#directory = directory;
  }

  static async open(directory: string): Promise<BusyHour> {
    await mkdir(directory, { recursive: true });
    const database = await openDatabase({
      directory: join(directory, "postgres"),
      schema: "bench_export",
      durable: false,
      statementMs: 600_000,
      signal: AbortSignal.timeout(60_000),
    });
    const validator = hotkeyOf(new Uint8Array(32).fill(1));
    const { id } = await PostgresLog.open(database.kysely, validator);
    await fill(database, id, validator);
    return new BusyHour(database, id, directory);
  }

  /** From the record to a table and the tree over it, both on disk; in seconds. */
  async exportSeconds(): Promise<number> {
    const directory = join(this.#directory, "published");
    const files = new ExportFiles(directory);
    const log = new LogSlices(this.#database.kysely, this.#logId);
    const names = { uids: new Map(), services: [], earned: [] };
    const range = { from: 0, to: ROWS };
    const file = join(directory, PATH);
    const { signal } = new AbortController();
    const started = performance.now();
    const { tree } = await exportRows({ log, range, names, files, file }, signal);
    const seconds = (performance.now() - started) / 1_000;
    await rm(directory, { recursive: true });
    if (tree.size !== ROWS) throw new Error(`${tree.size} rows were written, not ${ROWS}`);
    return seconds;
  }

  /** The same entries read over the same connection, and nothing made of them. */
  async readSeconds(): Promise<number> {
    const slices = new LogSlices(this.#database.kysely, this.#logId);
    const started = performance.now();
    for (let from = 0; from < ROWS; from += 2_000) await slices.observations(from, from + 2_000);
    return (performance.now() - started) / 1_000;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }
}

/** Entries as the log keeps them, made on the server: sending them would take longer than all the rest. */
async function fill({ kysely }: Database, logId: number, validator: Hotkey): Promise<void> {
  const miners = Array.from({ length: MINERS }, (_, at) => hotkeyOf(new Uint8Array(32).fill(at)));
  const entry = JSON.stringify({
    block: 5,
    evidence: { answer: "a".repeat(EVIDENCE_CHARS) },
    kind: "observation",
    miner: "@miner",
    netuid: 2,
    outcome: { kind: "passed" },
    received_ms: 1_767_225_600_250,
    run_id: "run-7",
    sent_ms: 1_767_225_600_000,
    slot: 0,
    task: { shard: "b".repeat(64) },
    v: 1,
    validator,
    workload: "storage/1",
  });
  const [before = "", after = ""] = entry.split("@miner");
  const [head = "", tail = ""] = after.split('"slot":0');
  await sql`
    insert into log_entries (log_id, index, kind, run_id, text, appended_ms)
    select ${logId}::int, i, 'observation', 'run-7',
      ${before}::text || (${miners}::text[])[1 + i % ${MINERS}::int] || ${head}::text
        || '"slot":' || i / ${MINERS}::int || ${tail}::text,
      1767225600300
    from generate_series(0, ${ROWS - 1}::int) as i`.execute(kysely);
  await sql`update logs set size = ${ROWS} where id = ${logId}`.execute(kysely);
}
