import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Database, openDatabase } from "@neurond/store";
import type { EntryContent } from "@neurond/warehouse";
import { sql } from "kysely";

const COLUMNS = `parent_invocation_id, invocation_id, chute_id, chute_user_id, function_name, image_id,
  image_user_id, instance_id, miner_uid, miner_hotkey, started_at, completed_at, error_message,
  compute_multiplier, bounty, metrics`;

/**
 * The table that auditors used to fill: a partition per entry, metrics as jsonb, two generated columns
 * and an index. It gets its rows by COPY on the server, without a client in between, and from files
 * whose metrics are JSON already: what the rest of upstream's loader takes is not in the figure.
 */
export class UpstreamTable implements AsyncDisposable {
  readonly #database: Database;
  readonly #files: readonly string[];

  private constructor(database: Database, files: readonly string[]) {
    this.#database = database;
    this.#files = files;
  }

  static async open(directory: string, hours: readonly EntryContent[]): Promise<UpstreamTable> {
    const shared = `${directory}-files`;
    await mkdir(shared, { recursive: true });
    // The server runs as a user of its own when this process is root's.
    for (const path of [dirname(directory), shared]) await chmod(path, 0o755);
    const files: string[] = [];
    for (const [at, { invocations }] of hours.entries()) {
      const path = join(shared, `${at}.csv`);
      const text = await readFile(invocations?.path ?? "", "utf8");
      await writeFile(path, withJson(text), { mode: 0o644 });
      files.push(path);
    }
    const database = await openDatabase({
      directory,
      schema: "bench_audit",
      durable: false,
      statementMs: 600_000,
      signal: AbortSignal.timeout(60_000),
    });
    return new UpstreamTable(database, files);
  }

  /** Rows per second into an empty table. */
  async copyRate(): Promise<number> {
    const { kysely } = this.#database;
    await sql`DROP TABLE IF EXISTS invocations`.execute(kysely);
    await sql
      .raw(`CREATE TABLE invocations (
        parent_invocation_id varchar NOT NULL, invocation_id varchar NOT NULL,
        chute_id varchar NOT NULL, chute_user_id varchar, function_name varchar, image_id varchar,
        image_user_id varchar, instance_id varchar NOT NULL, miner_uid int NOT NULL,
        miner_hotkey varchar NOT NULL, started_at timestamp, completed_at timestamp,
        error_message text, compute_multiplier double precision, bounty int, metrics jsonb,
        entry_id varchar NOT NULL, user_id varchar,
        is_private boolean GENERATED ALWAYS AS (coalesce((metrics->>'p')::boolean, false)) STORED,
        normalized_compute double precision
          GENERATED ALWAYS AS ((metrics->>'nc')::double precision) STORED
      ) PARTITION BY LIST (entry_id)`)
      .execute(kysely);
    await sql`CREATE INDEX ON invocations (invocation_id)`.execute(kysely);
    const started = performance.now();
    for (const [at, path] of this.#files.entries()) {
      for (const statement of [
        `CREATE TABLE inv_${at} PARTITION OF invocations FOR VALUES IN ('${at}')`,
        `ALTER TABLE inv_${at} ALTER entry_id SET DEFAULT '${at}'`,
        `COPY inv_${at} (${COLUMNS}) FROM '${path}' (FORMAT csv, HEADER true)`,
      ]) {
        await sql.raw(statement).execute(kysely);
      }
    }
    const seconds = (performance.now() - started) / 1_000;
    const counted = await sql<{ rows: string }>`SELECT count(*) AS rows FROM invocations`.execute(
      kysely,
    );
    return Number(counted.rows[0]?.rows) / seconds;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }
}

/** The metrics of these exports, which hold no text, as JSON; all else stays as it is. */
function withJson(csv: string): string {
  return csv.replaceAll(/"?(\{[^{}\n]*\})"?(?=\r\n)/g, (_, literal: string) => {
    const json = literal
      .replaceAll("'", '""')
      .replaceAll("None", "null")
      .replaceAll("True", "true")
      .replaceAll("False", "false");
    return `"${json}"`;
  });
}
