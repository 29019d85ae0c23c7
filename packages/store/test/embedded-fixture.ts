import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { type Database, openDatabase, stopEmbedded } from "../src/index.ts";

const HOLD = fileURLToPath(new URL("hold.ts", import.meta.url));

/** A directory for an embedded database, stopped and removed after the test. */
export function temporaryDirectory(parent = tmpdir()): string {
  const directory = mkdtempSync(join(parent, "neurond-pg-"));
  onTestFinished(async () => {
    await stopEmbedded(directory, AbortSignal.timeout(30_000));
    rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  });
  return directory;
}

/** Spares the waits for the disk; a killed process does not lose what the system has. */
export function open(directory: string, durable = false): Promise<Database> {
  return openDatabase({ directory, durable, signal: AbortSignal.timeout(60_000) });
}

export interface Holder {
  readonly child: ChildProcess;
  readonly said: { readonly url?: string; readonly code?: string; readonly message?: string };
  /** Lets it close, and waits for its end. */
  leave(): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
}

interface HoldOptions {
  readonly statement?: string;
  readonly uid?: number;
}

/** Another process that opens the directory's database; it may be killed before it has. */
export function startHolder(directory: string, { statement, uid }: HoldOptions = {}) {
  const args = ["--conditions=neurond:source", "--no-warnings", HOLD, directory];
  return spawn(process.execPath, statement === undefined ? args : [...args, statement], {
    stdio: ["pipe", "pipe", "inherit"],
    ...(uid === undefined ? {} : { uid, gid: uid, env: {}, cwd: "/" }),
  });
}

/** Another process that uses the directory's database. */
export async function hold(directory: string, options: HoldOptions = {}): Promise<Holder> {
  const child = startHolder(directory, options);
  const ended = once(child, "exit");
  const [line] = await Promise.race([
    once(createInterface(child.stdout), "line"),
    ended.then(() => {
      throw new Error("the holder ended without a word");
    }),
  ]);
  return {
    child,
    said: JSON.parse(String(line)),
    async leave() {
      child.stdin?.end();
      await ended;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The process id of the server on a directory; null when it has left. */
export function serverPid(directory: string): number | null {
  try {
    return Number(readFileSync(join(directory, "data", "postmaster.pid"), "utf8").split("\n")[0]);
  } catch {
    return null;
  }
}

export function isRunning(pid: number): boolean {
  try {
    // A process that ended stays listed until its parent asks.
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
