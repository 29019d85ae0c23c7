import { setTimeout as sleep } from "node:timers/promises";
import { domainHash } from "@neurond/primitives";
import pg from "pg";
import { storeError } from "./errors.ts";
import { explainDatabase } from "./explain-database.ts";
import { connectionConfig } from "./pool.ts";

/** How a writer waits for its turn and watches over it. */
export interface WriterOptions {
  readonly signal: AbortSignal;
  /** Called once when another process holds the lock. Without it that is the error `WRITER_HELD`. */
  readonly onWait?: () => void;
  /** How often the connection that holds the lock is tried; a silent loss shows within two of these. */
  readonly heartbeatMs?: number;
}

/**
 * Runs `work` as the only writer of `name` in a database's schema, on every machine that uses it.
 * The lock ends with its connection. Then the signal given to `work` aborts, and this rejects, with
 * `WRITER_LOST`, whatever `work` makes of it.
 */
export async function withWriter<T>(
  database: { readonly url: string; readonly schema: string },
  name: string,
  work: (signal: AbortSignal) => Promise<T>,
  { signal, onWait, heartbeatMs = 5_000 }: WriterOptions,
): Promise<T> {
  await using lock = await WriterLock.connect(database, name, heartbeatMs);
  await lock.take(signal, onWait);
  try {
    return await work(AbortSignal.any([signal, lock.lost]));
  } finally {
    lock.lost.throwIfAborted();
  }
}

/** A connection of its own that holds, or waits for, one advisory lock. */
class WriterLock implements AsyncDisposable {
  readonly #client: pg.Client;
  readonly #name: string;
  readonly #key: bigint;
  readonly #heartbeatMs: number;
  readonly #lost = new AbortController();
  readonly #released = new AbortController();
  #beating: Promise<void> = Promise.resolve();

  private constructor(client: pg.Client, schema: string, name: string, heartbeatMs: number) {
    this.#client = client;
    this.#name = name;
    this.#key = lockKey(schema, name);
    this.#heartbeatMs = heartbeatMs;
    client.on("error", (error) => this.#lose(error)).on("end", () => this.#lose());
  }

  static async connect(
    { url, schema }: { readonly url: string; readonly schema: string },
    name: string,
    heartbeatMs: number,
  ): Promise<WriterLock> {
    const client = new pg.Client(connectionConfig(url, { schema, statementMs: heartbeatMs }));
    const lock = new WriterLock(client, schema, name, heartbeatMs);
    try {
      await client.connect();
      return lock;
    } catch (error) {
      await lock[Symbol.asyncDispose]();
      throw explainDatabase(error);
    }
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async take(signal: AbortSignal, onWait: (() => void) | undefined): Promise<void> {
    for (let tries = 0; !(await this.#try()); tries += 1) {
      if (onWait === undefined) {
        const message = `another process writes ${this.#name}: stop it, or wait for it`;
        throw storeError("WRITER_HELD", message, { name: this.#name });
      }
      if (tries === 0) onWait();
      await sleep(this.#heartbeatMs / 5, undefined, { signal });
    }
    this.#beating = this.#beat();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#released.abort();
    await this.#beating;
    await this.#client.end().catch(() => undefined);
  }

  async #try(): Promise<boolean> {
    try {
      const { rows } = await this.#client.query<{ ours: boolean }>(
        "select pg_try_advisory_lock($1) as ours",
        [this.#key],
      );
      return rows[0]?.ours === true;
    } catch (error) {
      throw explainDatabase(error);
    }
  }

  /** A peer that vanished without a word is noticed only by asking it. */
  async #beat(): Promise<void> {
    const { signal } = this.#released;
    const pause = () => sleep(this.#heartbeatMs, true, { signal }).catch(() => false);
    while (!this.#lost.signal.aborted && (await pause())) {
      const answer = this.#client.query("select 1").then(
        () => "answered",
        () => "failed",
      );
      const outcome = await Promise.race([answer, pause()]);
      if (outcome !== "answered") this.#lose();
    }
  }

  #lose(cause?: unknown): void {
    if (this.#released.signal.aborted) return;
    const message = `the lock of writer ${this.#name} is lost: stop writing and take it again`;
    this.#lost.abort(storeError("WRITER_LOST", message, { name: this.#name }, cause));
  }
}

/** Advisory locks are named by 64 bits; these are the first of a hash. */
function lockKey(schema: string, name: string): bigint {
  const hash = domainHash("neurond/writer/1", `${schema}\n${name}`);
  return new DataView(hash.buffer, hash.byteOffset).getBigInt64(0);
}
