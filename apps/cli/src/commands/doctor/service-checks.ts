import type { Surroundings } from "../../environment.ts";
import { type Check, fail, guarded, ok, warn } from "./check.ts";

const CONNECT_MS = 5_000;

/** Whether the database of `DATABASE_URL` can be used. */
export function checkDatabase(env: Surroundings["env"]): Promise<Check> {
  const url = env["DATABASE_URL"];
  if (!url) {
    return Promise.resolve(
      ok("database", "no DATABASE_URL: daemons start a Postgres of their own"),
    );
  }
  const remedy = "check DATABASE_URL, and that the server runs and lets this host in";
  return guarded("database", remedy, async () => {
    const { Client } = await import("pg");
    const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
    try {
      await client.connect();
      const { rows } = await client.query<{ version: string; creates: boolean }>(
        `select current_setting('server_version') as version,
           has_database_privilege(current_database(), 'CREATE') as creates`,
      );
      return describeServer(rows[0]?.version ?? "0", rows[0]?.creates ?? false);
    } finally {
      await client.end().catch(() => undefined);
    }
  });
}

const OLDEST_POSTGRES = 14;

function describeServer(version: string, creates: boolean): Check {
  if (Number.parseInt(version, 10) < OLDEST_POSTGRES) {
    const remedy = `upgrade it to ${OLDEST_POSTGRES} or newer`;
    return fail("database", `Postgres ${version} is too old`, remedy);
  }
  if (!creates) {
    const remedy = "grant CREATE on the database, or make the schema yourself";
    return warn("database", `Postgres ${version}; the user may not create a schema`, remedy);
  }
  return ok("database", `Postgres ${version} answers`);
}

/** Whether the Redis of a URL can be used. */
export function checkRedis(url: string | undefined, signal: AbortSignal): Promise<Check<"redis">> {
  if (!url) {
    const text = "no REDIS_URL: nonces are kept in memory, which is right for one process";
    return Promise.resolve(ok("redis", text));
  }
  const remedy = "check REDIS_URL, and that the server runs and lets this host in";
  return guarded("redis", remedy, async () => {
    const { connectRedis } = await import("@neurond/store/redis");
    await using _ = await connectRedis({ url, signal });
    return ok("redis", "Redis answers");
  });
}
