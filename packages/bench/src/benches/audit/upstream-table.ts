import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Database, openDatabase } from "@neurond/store";
import type { EntryContent } from "@neurond/warehouse";
import { sql } from "kysely";

const COLUMNS = `parent_invocation_id, invocation_id, chute_id, chute_user_id, function_name, image_id,
  image_user_id, instance_id, miner_uid, miner_hotkey, started_at, completed_at, error_message,
  compute_multiplier, bounty, metrics`;

const SCHEMA = "bench_audit";
const run = promisify(execFile);

/**
 * The table that auditors used to fill: a partition per entry, metrics as jsonb, two generated columns
 * and an index. It gets its rows by `psql` as upstream's loader sends them, or by COPY on the server where
 * there is no `psql`, and from files whose metrics are JSON already: what the rest of that loader takes is not
 * in the figure.
 */
export class UpstreamTable implements AsyncDisposable {
  readonly #database: Database;
  readonly #files: readonly string[];
  /** How the rows get there. */
  readonly way: "psql \\copy" | "COPY";

  private constructor(database: Database, files: readonly string[], hasPsql: boolean) {
    this.#database = database;
    this.#files = files;
    this.way = hasPsql ? "psql \\copy" : "COPY";
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
      schema: SCHEMA,
      durable: false,
      statementMs: 600_000,
      signal: AbortSignal.timeout(60_000),
    });
    const hasPsql = await run("psql", ["--version"]).then(
      () => true,
      () => false,
    );
    return new UpstreamTable(database, files, hasPsql);
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
      ]) {
        await sql.raw(statement).execute(kysely);
      }
      await this.#copy(`inv_${at} (${COLUMNS}) FROM '${path}' (FORMAT csv, HEADER true)`);
    }
    const seconds = (performance.now() - started) / 1_000;
    const counted = await sql<{ rows: string }>`SELECT count(*) AS rows FROM invocations`.execute(
      kysely,
    );
    return Number(counted.rows[0]?.rows) / seconds;
  }

  async #copy(what: string): Promise<void> {
    if (this.way === "COPY") {
      await sql.raw(`COPY ${what}`).execute(this.#database.kysely);
      return;
    }
    const command = `\\copy ${what.replaceAll("\n", " ")}`;
    const env = { ...process.env, PGOPTIONS: `-c search_path=${SCHEMA}` };
    const stop = ["-v", "ON_ERROR_STOP=1"];
    await run("psql", ["-X", "-q", ...stop, "-d", this.#database.url, "-c", command], { env });
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
