import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "../src/index.ts";
import {
  hold,
  isRunning,
  open,
  serverPid,
  startHolder,
  temporaryDirectory,
} from "./embedded-fixture.ts";

const remember = (database: Database, body: string) =>
  database.kysely
    .insertInto("manifests")
    .values({ file_id: body, owner: "o", text: body, created_ms: 1, expires_block: 1 })
    .execute();

const remembered = async (database: Database) => {
  const rows = await database.kysely.selectFrom("manifests").select("text").execute();
  return rows.map(({ text }) => text).sort();
};

/** A database that was used and left; made once, and copied, because making one takes a second of a core. */
let template: string;
beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), "neurond-pg-template-"));
  await (await open(template))[Symbol.asyncDispose]();
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

function usedDirectory(): string {
  const directory = temporaryDirectory();
  // With its owner, who is not us when we are root.
  execFileSync("cp", ["-a", `${template}/.`, directory]);
  return directory;
}

describe("the embedded database", () => {
  test("keeps what was stored after it was closed, on the same port", async () => {
    const directory = temporaryDirectory();
    const first = await open(directory);
    expect(first.server).toBe("embedded");
    await remember(first, "kept");
    const { url } = first;
    await first[Symbol.asyncDispose]();
    expect(serverPid(directory)).toBeNull();
    await using second = await open(directory);
    expect(await remembered(second)).toEqual(["kept"]);
    expect(second.url).toBe(url);
  });

  test("listens on loopback only, and its password is for its owner's eyes", async () => {
    const directory = usedDirectory();
    await using database = await open(directory, true);
    const { rows } = await sql<{ name: string; setting: string }>`
      select name, setting from pg_settings
      where name in ('listen_addresses', 'unix_socket_directories', 'password_encryption', 'fsync')
      order by name`.execute(database.kysely);
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: "on",
      listen_addresses: "127.0.0.1",
      password_encryption: "scram-sha-256",
      unix_socket_directories: "",
    });
    expect(statSync(join(directory, "server.json")).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, "data")).mode & 0o777).toBe(0o700);
    expect(existsSync(join(directory, "password.new"))).toBe(false);
  });

  test("is shared by all processes of a directory, and stopped by the last to leave", async () => {
    const directory = temporaryDirectory();
    const [first, second] = await Promise.all([hold(directory), hold(directory)]);
    expect(first.said.url).toBeDefined();
    expect(second.said.url).toBe(first.said.url);
    const pid = serverPid(directory) ?? 0;
    await first.leave();
    expect(serverPid(directory)).toBe(pid);
    await second.leave();
    expect(serverPid(directory)).toBeNull();
    expect(isRunning(pid)).toBe(false);
  });

  test("outlives the process that started it when that is killed, and serves the next", async () => {
    const directory = usedDirectory();
    const starter = await hold(directory, { statement: "create table kept (id int)" });
    const pid = serverPid(directory) ?? 0;
    await starter.kill();
    expect(isRunning(pid)).toBe(true);
    const next = await hold(directory, { statement: "insert into kept values (1)" });
    expect(next.said.code).toBeUndefined();
    expect(serverPid(directory)).toBe(pid);
    await next.leave();
    expect(isRunning(pid)).toBe(false);
  });

  test("is not held up by a lock that a killed starter left", async () => {
    const directory = usedDirectory();
    const starter = await hold(directory);
    await starter.leave();
    const lock = { host: hostname(), pid: starter.child.pid, id: "dead" };
    writeFileSync(join(directory, "start.lock"), JSON.stringify(lock));
    await using database = await open(directory);
    expect(await remembered(database)).toEqual([]);
  });

  test("is made anew when the first start was killed half way", async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "data.new-77", "base"), { recursive: true });
    writeFileSync(join(directory, "server.json"), '{"port":0,"password":"chosen-before"}');
    await using database = await open(directory);
    expect(database.url).toContain(":chosen-before@");
    expect(existsSync(join(directory, "data.new-77"))).toBe(false);
  });

  test("can be used by the next after a start that was killed at any moment", async () => {
    const directory = temporaryDirectory();
    // From before the first file until the database is open, on a slow machine and a fast one.
    for (const afterMs of [250, 400, 550, 700, 900, 1_200]) {
      const starter = startHolder(directory);
      await sleep(afterMs);
      starter.kill("SIGKILL");
    }
    await using database = await open(directory);
    await remember(database, "usable");
    expect(await remembered(database)).toEqual(["usable"]);
  });

  test("takes another port when its own is taken meanwhile, and remembers that", async () => {
    const directory = usedDirectory();
    const port = () => JSON.parse(readFileSync(join(directory, "server.json"), "utf8")).port;
    const before: number = port();
    const squatter = createServer().listen(before, "127.0.0.1");
    await using database = await open(directory);
    squatter.close();
    expect(port()).not.toBe(before);
    expect(database.url).toContain(`:${port()}/`);
    expect(await remembered(database)).toEqual([]);
  });

  test("starts although a file names a process that is no server any more", async () => {
    const directory = usedDirectory();
    // As after a restart of a container, where ids begin anew: this very process has the id.
    const stale = [process.pid, join(directory, "data"), 1, 5432, "", "127.0.0.1", "", "ready"];
    writeFileSync(join(directory, "data", "postmaster.pid"), stale.join("\n"));
    await using database = await open(directory);
    expect(await remembered(database)).toEqual([]);
  });

  test("says what to do when its password is lost", async () => {
    const directory = usedDirectory();
    rmSync(join(directory, "server.json"));
    await expect(open(directory)).rejects.toMatchObject({ code: "DATABASE_KEY_LOST" });
    writeFileSync(join(directory, "server.json"), "{");
    await expect(open(directory)).rejects.toMatchObject({ code: "DATABASE_KEY_LOST" });
    writeFileSync(join(directory, "server.json"), '{"port":0,"password":"another"}');
    await expect(open(directory)).rejects.toMatchObject({ code: "DATABASE_KEY_LOST" });
  });

  test("says that its directory cannot be used", async () => {
    const directory = temporaryDirectory();
    const file = join(directory, "file");
    writeFileSync(file, "");
    await expect(open(file)).rejects.toMatchObject({ code: "DATABASE_DIRECTORY_UNUSABLE" });
  });

  test("stops waiting when told to", async () => {
    const directory = temporaryDirectory();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    await expect(openDatabase({ directory, signal: stop.signal })).rejects.toThrow(/abort/i);
    await sleep(200);
    expect(serverPid(directory)).toBeNull();
  });
});
