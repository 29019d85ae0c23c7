import pg from "pg";
import { codeOf, storeError } from "../errors.ts";
import { explainDatabase } from "../explain-database.ts";
import { SERVER_DATABASE, SERVER_USER, type ServerKey } from "./key.ts";

/**
 * Key of the advisory lock that every user of the server shares. Unlike a connection, which the
 * server notices to be gone a little later, it is given back at once.
 */
const PRESENT = 0x6e_75_72_6e;

/** One connection of a process, by which the others see that the server is in use. */
export class Presence {
  readonly #client: pg.Client;
  /** Settles when the connection is gone, whoever ended it. */
  readonly ended: Promise<void>;

  private constructor(client: pg.Client) {
    this.#client = client;
    this.ended = new Promise((resolve) => client.once("end", resolve));
  }

  /** Connects; null when no server is ready there yet. */
  static async open({ port, password }: ServerKey): Promise<Presence | null> {
    const client = new pg.Client({
      host: "127.0.0.1",
      port,
      user: SERVER_USER,
      database: SERVER_DATABASE,
      password,
      application_name: `neurond ${process.pid}`,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    // Without a listener the loss of an idle connection would end the process.
    client.on("error", () => undefined);
    const presence = new Presence(client);
    try {
      await client.connect();
      await client.query(`select pg_advisory_lock_shared(${PRESENT})`);
      return presence;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (codeOf(error) === "28P01") throw wrongKey(port, error);
      if (isStarting(error)) return null;
      throw explainDatabase(error);
    }
  }

  /** Gives up the presence and tells whether nobody else is present. */
  async leave(): Promise<boolean> {
    await this.#client.query(`select pg_advisory_unlock_shared(${PRESENT})`);
    const { rows } = await this.#client.query<{ last: boolean }>(
      `select pg_try_advisory_lock(${PRESENT}) as last`,
    );
    return rows[0]?.last === true;
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }
}

/** 57P03: the server starts up, shuts down or recovers. A connection may also be cut meanwhile. */
function isStarting(error: unknown): boolean {
  const code = codeOf(error);
  if (code === "57P03" || code === "ECONNREFUSED" || code === "ECONNRESET") return true;
  return error instanceof Error && /terminated|timeout/i.test(error.message);
}

function wrongKey(port: number, cause: unknown): Error {
  const message = `the database on port ${port} does not take the password in server.json`;
  return storeError("DATABASE_KEY_LOST", message, { port }, cause);
}
