import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { testDatabase } from "@neurond/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Database, openDatabase } from "../src/index.ts";

let shared: Database;

beforeAll(async () => {
  shared = await testDatabase();
});
afterAll(() => shared[Symbol.asyncDispose]());

const directory = "/nonexistent/never-used-when-a-url-is-given";
const signal = () => AbortSignal.timeout(30_000);
const openUrl = (url: string, schema = shared.schema) =>
  openDatabase({ url, directory, schema, signal: signal() });

const tablesOf = async (schema: string) => {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = ${schema} order by name`.execute(shared.kysely);
  return rows.map(({ name }) => name);
};

/** Held by whoever migrates a schema of this database: the constant of kysely's Postgres adapter. */
const KYSELY_LOCK = "3853314791062309107";

const countWaiting = async () => {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and not granted
      and application_name = ${`neurond ${process.pid}`}`.execute(shared.kysely);
  return rows[0]?.count;
};

describe("opening a database by its URL", () => {
  test("leaves a schema that is up to date as it is", async () => {
    await shared.kysely.insertInto("scans").values({ name: "kept", block: 5 }).execute();
    await using again = await openUrl(shared.url);
    expect(again.server).toBe("external");
    const rows = await again.kysely.selectFrom("scans").selectAll().execute();
    expect(rows).toEqual([{ name: "kept", block: 5 }]);
  });

  test("migrates once when several daemons start at once", async () => {
    const schema = `${shared.schema}_many`;
    const opened = await Promise.all(Array.from({ length: 4 }, () => openUrl(shared.url, schema)));
    expect(await tablesOf(schema)).toContain("log_entries");
    await Promise.all(opened.map((database) => database[Symbol.asyncDispose]()));
    await sql`drop schema ${sql.id(schema)} cascade`.execute(shared.kysely);
  });

  test("stops waiting for the migration of somebody else when it is told to", async () => {
    const stop = new AbortController();
    const schema = `${shared.schema}_stopped`;
    const opening = shared.kysely.transaction().execute(async (transaction) => {
      await sql`select pg_advisory_xact_lock(${KYSELY_LOCK}::bigint)`.execute(transaction);
      const opened = openDatabase({ url: shared.url, directory, schema, signal: stop.signal });
      await vi.waitFor(async () => expect(await countWaiting()).toBe(1), 10_000);
      stop.abort();
      return await Promise.race([opened, sleep(5_000)]).catch((error: unknown) => error);
    });
    expect(await opening).toBe(stop.signal.reason);
    await sql`drop schema ${sql.id(schema)} cascade`.execute(shared.kysely);
  });

  test("migrates while others drop their schemas", async () => {
    const comeAndGo = async () => {
      for (let round = 0; round < 6; round += 1) {
        await using _passing = await testDatabase();
      }
    };
    await Promise.all(Array.from({ length: 4 }, comeAndGo));
  });

  test("keeps the schemas of two daemons apart", async () => {
    await using other = await testDatabase();
    await other.kysely.insertInto("scans").values({ name: "other", block: 1 }).execute();
    const rows = await shared.kysely.selectFrom("scans").select("name").execute();
    expect(rows.map(({ name }) => name)).not.toContain("other");
  });

  test("refuses a schema that a newer version migrated", async () => {
    await using newer = await testDatabase();
    await sql`insert into kysely_migration values ('9999-later', now()::text)`.execute(
      newer.kysely,
    );
    await expect(openUrl(newer.url, newer.schema)).rejects.toMatchObject({
      code: "DATABASE_TOO_NEW",
    });
  });

  test("says why it cannot connect, without the password", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { readonly port: number };
    server.close();
    const url = new URL(shared.url);
    const cases = [
      [`postgres://me:hunter2@127.0.0.1:${port}/db`, "DATABASE_UNREACHABLE"],
      [`postgres://me:hunter2@${url.host}/postgres`, "DATABASE_REFUSED"],
      [`postgres://neurond:hunter2@${url.host}/postgres`, "DATABASE_REFUSED"],
      [shared.url.replace(/\/postgres$/, "/absent"), "DATABASE_REFUSED"],
      ["mysql://me:hunter2@host/db", "DATABASE_ADDRESS_INVALID"],
      ["postgres://me:hunter2@host", "DATABASE_ADDRESS_INVALID"],
    ] as const;
    for (const [address, code] of cases) {
      const error: unknown = await openUrl(address).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code });
      expect(JSON.stringify(error) + String(error)).not.toContain("hunter2");
    }
  });

  test("refuses names of schemas that would need quotes", async () => {
    for (const schema of ["", "Upper", "a b", 'a"b', "pg_temp", "1st", "a".repeat(64)]) {
      await expect(openUrl(shared.url, schema)).rejects.toMatchObject({
        code: "DATABASE_ADDRESS_INVALID",
      });
    }
  });
});

describe("statements", () => {
  test("read bigint columns as numbers, exactly", async () => {
    const { rows } = await sql<{ n: number }>`select 9007199254740991::bigint as n`.execute(
      shared.kysely,
    );
    expect(rows).toEqual([{ n: Number.MAX_SAFE_INTEGER }]);
    const beyond = sql`select 9007199254740993::bigint as n`.execute(shared.kysely);
    await expect(beyond).rejects.toThrow(/beyond 2\^53/);
  });

  test("are given up at their deadline, and told so", async () => {
    await using impatient = await openDatabase({
      url: shared.url,
      directory,
      schema: shared.schema,
      statementMs: 50,
      signal: signal(),
    });
    await expect(sql`select pg_sleep(5)`.execute(impatient.kysely)).rejects.toMatchObject({
      code: "DATABASE_BUSY",
    });
  });

  test("survive that the server cuts all connections between them", async () => {
    await using other = await openUrl(shared.url);
    const cut = sql`select pg_terminate_backend(pid) from pg_stat_activity
      where pid <> pg_backend_pid() and application_name = ${`neurond ${process.pid}`}
        and query not like '%advisory%'`;
    await cut.execute(shared.kysely);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { rows } = await sql<{ one: number }>`select 1 as one`.execute(other.kysely);
    expect(rows).toEqual([{ one: 1 }]);
  });

  test("of a transaction whose connection is cut fail with a code", async () => {
    const cut = shared.kysely.transaction().execute(async (transaction) => {
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(transaction);
    });
    await expect(cut).rejects.toMatchObject({ code: "DATABASE_LOST" });
    await sql`select 1`.execute(shared.kysely);
  });

  test("that are wrong stay what they are: a bug, not an outage", async () => {
    await expect(sql`select * from absent`.execute(shared.kysely)).rejects.toMatchObject({
      code: "42P01",
    });
  });
});
