import { Kysely } from "kysely";
import { CodedDialect } from "./coded-dialect.ts";
import { EmbeddedServer } from "./embedded/embedded.ts";
import { migrate } from "./migrate.ts";
import { createPool, type PoolOptions } from "./pool.ts";
import { toSchemaName } from "./schema-name.ts";
import type { Tables } from "./tables.ts";

/** Which database, and which part of it. */
export interface DatabaseOptions {
  /** A Postgres 14 or newer; without it the embedded server of `directory` is used. */
  readonly url?: string | undefined;
  /** Where the embedded server keeps its data; every daemon that names it shares the server. */
  readonly directory: string;
  /** Everything of one daemon is in a schema of its own. */
  readonly schema?: string;
  readonly maxConnections?: number;
  readonly statementMs?: number;
  /** False spares the embedded server every wait for the disk; a power failure may then cost all. */
  readonly durable?: boolean;
  readonly signal: AbortSignal;
}

/** An open, migrated database. */
export interface Database extends AsyncDisposable {
  readonly kysely: Kysely<Tables>;
  readonly schema: string;
  readonly server: "embedded" | "external";
  /** Where it is, with the password: for connections of one's own, not for a log. */
  readonly url: string;
}

/** A new index of a large table takes minutes, and other daemons may be making theirs. */
const MIGRATION_MS = 3_600_000;

/** Opens the database, starts one where none is given, and brings the schema up to date. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { directory, durable = true, signal, maxConnections = 10, statementMs = 30_000 } = options;
  const schema = toSchemaName(options.schema ?? "neurond");
  await using resources = new AsyncDisposableStack();
  const embedded =
    options.url === undefined
      ? resources.use(await EmbeddedServer.open({ directory, durable, signal }))
      : null;
  const url = () => options.url ?? embedded?.url ?? "";
  await bringUpToDate(url(), schema, signal);
  const { kysely, pool } = resources.use(connect(url(), { schema, maxConnections, statementMs }));
  embedded?.onMove((moved) => {
    pool.options.connectionString = moved;
  });
  signal.throwIfAborted();
  const owned = resources.move();
  return {
    kysely,
    schema,
    server: embedded === null ? "external" : "embedded",
    get url() {
      return url();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Migrates on connections of its own: the deadline of a statement is not that of a migration. */
async function bringUpToDate(url: string, schema: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const over = new AbortController();
  await using migrating = connect(url, { schema, maxConnections: 2, statementMs: MIGRATION_MS });
  // Whoever is told to stop waits neither for an index nor for the migration of somebody else.
  migrating.pool.on("connect", (client) => {
    signal.addEventListener("abort", () => void client.end(), { signal: over.signal });
  });
  try {
    await migrate(migrating.kysely, schema);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    over.abort();
  }
}

/** Connections and the queries on them, which end together. */
function connect(url: string, options: PoolOptions) {
  const pool = createPool(url, options);
  const kysely = new Kysely<Tables>({ dialect: new CodedDialect(pool) });
  const end = async () => {
    await kysely.destroy();
    if (!pool.ended) await pool.end();
  };
  return { pool, kysely, [Symbol.asyncDispose]: end };
}
