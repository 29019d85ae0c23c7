import { once } from "node:events";
import { open, readFile, rm, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, storeError } from "../errors.ts";
import { endingOf, explainEnd } from "./explain.ts";
import { freePort } from "./free-port.ts";
import { isAlive } from "./is-alive.ts";
import type { Layout } from "./layout.ts";
import { findPostmaster, pidFile } from "./postmaster.ts";
import type { Runner } from "./runner.ts";

/** A log longer than this is begun anew at the next start. */
const MAX_LOG_BYTES = 16 * 1024 * 1024;
/** Recovery after a crash replays at most `max_wal_size`; a slow disk needs a while for that. */
const READY_MS = 180_000;
const STOP_MS = 20_000;

interface StartOptions {
  readonly layout: Layout;
  readonly program: string;
  readonly runner: Runner;
  readonly port: number;
  readonly durable: boolean;
  /** Whether a server on this port answers to our password. */
  readonly isReady: (port: number) => Promise<boolean>;
  readonly signal: AbortSignal;
}

/** Starts a server on existing data and returns its port, the wished one unless that is taken. */
export async function startServer(options: StartOptions): Promise<number> {
  const { layout, signal } = options;
  const deadline = Date.now() + READY_MS;
  // Nobody runs on the data, as the caller found out: the file is a killed server's.
  await rm(pidFile(layout.data), { force: true });
  let wished = options.port;
  for (;;) {
    const port = await freePort(wished);
    const words = await attempt(options, port, deadline);
    if (words === null) return port;
    const ending = endingOf(words);
    if (ending === "other" || Date.now() > deadline) {
      throw explainEnd("postgres", layout.directory, words);
    }
    if (ending === "port") wished = 0;
    await sleep(100, undefined, { signal });
  }
}

/** One start: null when the server answers, its last words when it ended. */
async function attempt(
  { layout, program, runner, durable, isReady, signal }: StartOptions,
  port: number,
  deadline: number,
): Promise<string | null> {
  const { size } = await stat(layout.log).catch(() => ({ size: 0 }));
  const log = await open(layout.log, size > MAX_LOG_BYTES ? "w" : "a", 0o600);
  const { size: before } = await log.stat();
  try {
    const args = ["-D", layout.data, ...Object.entries(settings(port, durable)).flatMap(setting)];
    // In a session of its own: Ctrl-C at a terminal is for the daemons, which need it to finish.
    const child = runner.start(program, args, {
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      cwd: "/",
    });
    const ended = once(child, "exit").then(
      () => true,
      (error: unknown) => {
        throw explainEnd("postgres", layout.directory, String(error));
      },
    );
    ended.catch(() => undefined); // it is heard below, as long as anybody waits for the start
    child.unref();
    try {
      while (Date.now() < deadline) {
        if (await isReady(port)) return null;
        const hasEnded = await Promise.race([ended, sleep(10, false, { signal })]);
        if (hasEnded) return (await readFile(layout.log)).subarray(before).toString("utf8");
      }
    } catch (error) {
      child.kill("SIGINT");
      throw error;
    }
    child.kill("SIGINT");
    throw storeError(
      "DATABASE_START_FAILED",
      `postgres in ${layout.directory} was not ready within ${READY_MS / 1000} s: see server.log`,
      { directory: layout.directory },
    );
  } finally {
    await log.close();
  }
}

/** Small and for one machine: no replication, no sockets but loopback, a bounded log on disk. */
function settings(port: number, durable: boolean): Record<string, string> {
  return {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    max_connections: "200",
    shared_buffers: "64MB",
    wal_level: "minimal",
    max_wal_senders: "0",
    max_wal_size: "512MB",
    log_checkpoints: "off",
    // A peer that vanished frees its locks within a minute.
    tcp_keepalives_idle: "20",
    tcp_keepalives_interval: "10",
    tcp_keepalives_count: "4",
    // What is acknowledged has left the process at least: a kill loses nothing either way.
    ...(durable ? {} : { fsync: "off", full_page_writes: "off" }),
  };
}

const setting = ([name, value]: [string, string]) => ["-c", `${name}=${value}`];

/** Ends the server on the data and waits for it; nothing when none runs. Connections are cut. */
export async function stopServer(data: string): Promise<void> {
  const found = await findPostmaster(data);
  if (found === null) return;
  for (const [signal, waitMs] of [
    ["SIGINT", STOP_MS],
    ["SIGQUIT", STOP_MS],
  ] as const) {
    try {
      process.kill(found.pid, signal);
    } catch (error) {
      if (codeOf(error) === "EPERM") return; // another user's: it is theirs to stop
      if (codeOf(error) !== "ESRCH") throw error;
    }
    if (await hasLeft(data, found.pid, waitMs)) return;
  }
}

/** The file goes last but one; without a reaper above it, the process stays listed for ever. */
async function hasLeft(data: string, pid: number, waitMs: number): Promise<boolean> {
  const deadline = Date.now() + waitMs;
  while (Date.now() < deadline) {
    if (!isAlive(pid)) return true;
    const isThere = await stat(pidFile(data)).then(
      () => true,
      () => false,
    );
    if (!isThere && (await findExited(pid))) return true;
    await sleep(10);
  }
  return false;
}

async function findExited(pid: number): Promise<boolean> {
  if (process.platform !== "linux") return !isAlive(pid);
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return text === "" || /\) [ZX] /.test(text);
}
