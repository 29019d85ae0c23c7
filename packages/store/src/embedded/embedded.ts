import { mkdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { storeError } from "../errors.ts";
import { findBinaries } from "./binaries.ts";
import { createCluster, hasCluster } from "./cluster.ts";
import { explainFile } from "./explain.ts";
import {
  newPassword,
  readKey,
  SERVER_DATABASE,
  SERVER_USER,
  type ServerKey,
  writeKey,
} from "./key.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { findPostmaster } from "./postmaster.ts";
import { Presence } from "./presence.ts";
import { chooseRunner } from "./runner.ts";
import { startServer, stopServer } from "./server.ts";
import { withStartLock } from "./start-lock.ts";

/** Which embedded server, and how careful it is. */
export interface EmbeddedOptions {
  readonly directory: string;
  /** False spares every wait for the disk: what is stored survives a kill, but no power failure. */
  readonly durable?: boolean;
  readonly signal: AbortSignal;
}

/**
 * One process's use of the Postgres server of a directory. All processes of a machine that name the
 * directory share one server: the first starts it, the last to close stops it. When the server dies,
 * one of its users starts it again, on the same port unless that is taken.
 */
export class EmbeddedServer implements AsyncDisposable {
  readonly #layout: Layout;
  readonly #durable: boolean;
  readonly #closing = new AbortController();
  readonly #guard: Promise<void>;
  #key: ServerKey;
  #presence: Presence;
  #onMove: (url: string) => void = () => undefined;

  private constructor(layout: Layout, durable: boolean, { key, presence }: Joined) {
    this.#layout = layout;
    this.#durable = durable;
    this.#key = key;
    this.#presence = presence;
    this.#guard = this.#keepUp();
  }

  /** Joins the directory's server, and starts it, or makes it first, where there is none. */
  static async open(options: EmbeddedOptions): Promise<EmbeddedServer> {
    const { directory, durable = true, signal } = options;
    const layout = layoutOf(directory);
    try {
      // As root the server runs as somebody else, who must pass through.
      const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
      await mkdir(layout.directory, { recursive: true, mode });
      return new EmbeddedServer(layout, durable, await join(layout, durable, signal));
    } catch (error) {
      throw explainFile(error, layout.directory);
    }
  }

  /** Where to connect; it holds the password. */
  get url(): string {
    const { port, password } = this.#key;
    return `postgres://${SERVER_USER}:${password}@127.0.0.1:${port}/${SERVER_DATABASE}`;
  }

  /** Calls back with the new URL when the server had to be started on another port. */
  onMove(listener: (url: string) => void): void {
    this.#onMove = listener;
  }

  /** Leaves the server, and stops it when no other process uses it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await this.#guard;
    await withStartLock(this.#layout, AbortSignal.timeout(60_000), async () => {
      // A connection that is lost cannot tell; whoever is last, or starts next, finds the server.
      const isLast = await this.#presence.leave().catch(() => false);
      await this.#presence.close();
      if (isLast) await stopServer(this.#layout.data);
    });
  }

  async #keepUp(): Promise<void> {
    const { signal } = this.#closing;
    const closing = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    while (!signal.aborted) {
      await Promise.race([this.#presence.ended, closing]);
      if (!signal.aborted) await this.#rejoin();
    }
  }

  /** Failures show at the users' own calls, which cannot connect meanwhile. */
  async #rejoin(): Promise<void> {
    const { signal } = this.#closing;
    try {
      const { key, presence } = await join(this.#layout, this.#durable, signal);
      this.#presence = presence;
      const hasMoved = key.port !== this.#key.port;
      this.#key = key;
      if (hasMoved) this.#onMove(this.url);
    } catch {
      await sleep(500, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Stops the server of a directory, whoever uses it; nothing when none runs. */
export async function stopEmbedded(directory: string, signal: AbortSignal): Promise<void> {
  const layout = layoutOf(directory);
  if (!(await hasCluster(layout))) return;
  await withStartLock(layout, signal, () => stopServer(layout.data));
}

interface Joined {
  readonly key: ServerKey;
  readonly presence: Presence;
}

async function join(layout: Layout, durable: boolean, signal: AbortSignal): Promise<Joined> {
  return withStartLock(layout, signal, async () => {
    const key = await readKey(layout.key);
    const isMade = await hasCluster(layout);
    if (isMade && key === null) {
      const message = `${layout.data} is a database without ${layout.key}: restore that file`;
      throw storeError("DATABASE_KEY_LOST", message, { directory: layout.directory });
    }
    const wanted = key ?? { port: 0, password: newPassword() };
    const running = isMade ? await joinRunning(layout, wanted, signal) : null;
    return running ?? (await start(layout, { key: wanted, isMade, durable, signal }));
  });
}

/** A server that runs may still be recovering; one that ends meanwhile is started by the caller. */
async function joinRunning(
  { data }: Layout,
  { password }: ServerKey,
  signal: AbortSignal,
): Promise<Joined | null> {
  for (;;) {
    const found = await findPostmaster(data);
    if (found === null) return null;
    const key = { port: found.port, password };
    const presence = Number.isInteger(found.port) ? await Presence.open(key) : null;
    if (presence !== null) return { key, presence };
    await sleep(20, undefined, { signal });
  }
}

async function start(
  layout: Layout,
  {
    key,
    isMade,
    durable,
    signal,
  }: { key: ServerKey; isMade: boolean; durable: boolean; signal: AbortSignal },
): Promise<Joined> {
  const binaries = await findBinaries();
  const programs = Object.values<string>({ ...binaries });
  const { directory, data } = layout;
  const runner = await chooseRunner({ directory, data, programs });
  if (!isMade) {
    await writeKey(layout.key, key);
    const { password } = key;
    await createCluster({ layout, binaries, runner, password, durable, signal });
  }
  let presence: Presence | null = null;
  const port = await startServer({
    layout,
    program: binaries.postgres,
    runner,
    port: key.port,
    durable,
    isReady: async (at) => {
      presence ??= await Presence.open({ ...key, port: at });
      return presence !== null;
    },
    signal,
  });
  if (port !== key.port) await writeKey(layout.key, { ...key, port });
  if (presence === null) throw new TypeError("a server that is ready has let us in");
  return { key: { ...key, port }, presence };
}
