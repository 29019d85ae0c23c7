import pg from "pg";
import { storeError } from "./errors.ts";

/** What a connection needs to know besides where. */
export interface ConnectionOptions {
  /** The schema whose tables its statements mean. */
  readonly schema: string;
  /** A statement that runs longer is given up by the server. */
  readonly statementMs?: number;
}

/** The settings of every connection; bigint columns come as numbers. */
export function connectionConfig(
  url: string,
  { schema, statementMs = 30_000 }: ConnectionOptions,
): pg.ClientConfig {
  return {
    connectionString: checkedUrl(url),
    options: `-c search_path=${schema}`,
    connectionTimeoutMillis: 10_000,
    statement_timeout: statementMs,
    keepAlive: true,
    application_name: `neurond ${process.pid}`,
    types: { getTypeParser },
  };
}

/** What many of them need to know. */
export interface PoolOptions extends ConnectionOptions {
  readonly maxConnections?: number;
}

/** Connections that are kept for the next statement. */
export function createPool(url: string, options: PoolOptions): pg.Pool {
  const { maxConnections = 10, ...connection } = options;
  const pool = new pg.Pool({
    ...connectionConfig(url, connection),
    max: maxConnections,
    idleTimeoutMillis: 30_000,
  });
  // A connection may end between two statements, idle or inside a transaction. The next statement
  // tells; without these listeners it would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/** Heights, sizes and times: whoever stores more than 2^53 has another problem. */
function toInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`${text} in a bigint column is beyond 2^53`);
}

const getTypeParser: pg.CustomTypesConfig["getTypeParser"] = (oid, format) =>
  oid === pg.types.builtins.INT8 ? toInteger : pg.types.getTypeParser(oid, format);

function checkedUrl(url: string): string {
  // Never the parser's own words: they may repeat the URL with its password.
  if (/^postgres(?:ql)?:\/\/\S+\/\S+$/.test(url)) return url;
  throw storeError(
    "DATABASE_ADDRESS_INVALID",
    "the database URL is not postgres://user:password@host:port/database",
  );
}
