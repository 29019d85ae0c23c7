import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { testDatabase } from "@neurond/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Database, withWriter } from "../src/index.ts";

let database: Database;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const signal = AbortSignal.timeout(60_000);

type Place = Parameters<typeof withWriter>[0];
type Options = Partial<Parameters<typeof withWriter>[3]>;

const untilAborted = async (signal: AbortSignal) => {
  await once(signal, "abort");
  return "made nothing of it";
};

/** Somebody who has a lock, until told to let it go. */
async function hold(place: Place, name: string, finish = signal, options: Options = {}) {
  const has = Promise.withResolvers<void>();
  const work = (lost: AbortSignal) => {
    has.resolve();
    return untilAborted(AbortSignal.any([lost, finish]));
  };
  const ended = withWriter(place, name, work, { signal, ...options });
  await Promise.race([has.promise, ended]);
  return { ended };
}

describe("the lock of a single writer", () => {
  test("gives the result of the work, and is free again after it", async () => {
    for (const result of [1, 2]) {
      expect(await withWriter(database, "log", async () => result, { signal })).toBe(result);
    }
    const failing = withWriter(database, "log", () => Promise.reject(new Error("mine")), {
      signal,
    });
    await expect(failing).rejects.toThrow("mine");
    await withWriter(database, "log", async () => undefined, { signal });
  });

  test("refuses a second writer, or lets it wait for its turn", async () => {
    const finish = new AbortController();
    const first = await hold(database, "log", finish.signal);
    await expect(
      withWriter(database, "log", async () => undefined, { signal }),
    ).rejects.toMatchObject({ code: "WRITER_HELD" });
    await withWriter(database, "another name", async () => undefined, { signal });
    await withWriter(
      { ...database, url: database.url, schema: "another_schema" },
      "log",
      async () => undefined,
      { signal },
    );

    let waits = 0;
    const waiting = Promise.withResolvers<void>();
    const second = withWriter(database, "log", async () => "second", {
      signal,
      onWait: () => {
        waits += 1;
        waiting.resolve();
      },
      heartbeatMs: 100,
    });
    await waiting.promise;
    await sleep(150);
    expect(waits).toBe(1);
    finish.abort();
    await first.ended;
    expect(await second).toBe("second");
  });

  test("stops waiting when told to", async () => {
    const finish = new AbortController();
    const first = await hold(database, "log", finish.signal);
    const stop = new AbortController();
    const second = withWriter(database, "log", async () => "second", {
      signal: stop.signal,
      onWait: () => stop.abort(),
    });
    await expect(second).rejects.toThrow(/abort/i);
    finish.abort();
    await first.ended;
  });

  test("aborts the work when its connection is cut, and does not pass its result on", async () => {
    const { ended } = await hold(database, "log");
    const lost = expect(ended).rejects.toMatchObject({ code: "WRITER_LOST" });
    const { rows } = await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = ${`neurond ${process.pid}`}
        and query like 'select pg_try_advisory_lock($1)%'`.execute(database.kysely);
    expect(rows).toHaveLength(1);
    await lost;
    await withWriter(database, "log", async () => undefined, { signal });
  });

  test("aborts the work when the server falls silent without a word", async () => {
    await using line = await breakableLine(Number(new URL(database.url).port));
    const url = database.url.replace(/:\d+\//, `:${line.port}/`);
    const silent = { url, schema: database.schema };
    const { ended } = await hold(silent, "silent", signal, { heartbeatMs: 200 });
    line.mute();
    // Without a heartbeat it would take as long as the system's keep-alive.
    await expect(ended).rejects.toMatchObject({ code: "WRITER_LOST" });
  });
});

/** A line to a server that can be made to carry nothing more, while both ends stay open. */
async function breakableLine(target: number) {
  const sockets: Socket[] = [];
  let isMute = false;
  const server = createServer((near) => {
    const far = createConnection(target, "127.0.0.1");
    sockets.push(near, far);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on("error", () => undefined);
      from.on("data", (bytes) => isMute || to.write(bytes));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as { readonly port: number }).port,
    mute() {
      isMute = true;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
