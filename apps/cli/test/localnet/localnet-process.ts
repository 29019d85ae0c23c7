import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

const BIN = join(import.meta.dirname, "../../bin/neurond.mjs");

/** A localnet as a person starts one, in a directory of its own. */
export class LocalnetProcess implements AsyncDisposable {
  readonly directory: string;
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** What it wrote so far. */
  stdout = "";
  stderr = "";
  readonly ended: Promise<number | null>;

  private constructor(directory: string, line: readonly string[]) {
    this.directory = directory;
    const args = [BIN, "localnet", "--directory", directory, "--port", "0", ...line];
    this.child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.child.stdout.on("data", (chunk) => {
      this.stdout += chunk;
    });
    this.child.stderr.on("data", (chunk) => {
      this.stderr += chunk;
    });
    this.ended = once(this.child, "close").then(([code]) => code);
  }

  static start(directory: string, ...line: readonly string[]): LocalnetProcess {
    return new LocalnetProcess(directory, line);
  }

  /** Waits until it has written something on stderr. */
  async says(words: string | RegExp, waitMs = 60_000): Promise<void> {
    const deadline = Date.now() + waitMs;
    while (this.stderr.search(words) < 0) {
      if (Date.now() > deadline || this.child.exitCode !== null) {
        throw new Error(`no "${words}" in:\n${this.stderr}`);
      }
      await sleep(50);
    }
  }

  /** Waits for its verdict, the one thing it writes on stdout. */
  async told(waitMs: number): Promise<unknown> {
    const deadline = Date.now() + waitMs;
    while (!this.stdout.endsWith("}\n")) {
      if (Date.now() > deadline || this.child.exitCode !== null) {
        throw new Error(`no verdict in:\n${this.stderr}`);
      }
      await sleep(50);
    }
    return JSON.parse(this.stdout);
  }

  /** Command lines of processes that have to do with its directory, other than its own. */
  async processes(): Promise<readonly string[]> {
    const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(
      ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")),
    );
    const own = `localnet\0--directory`;
    return lines.filter((line) => line.includes(this.directory) && !line.includes(own));
  }

  /** Waits until none of its processes is left; answers with those that stay. */
  async survivors(waitMs: number): Promise<readonly string[]> {
    const deadline = Date.now() + waitMs;
    for (;;) {
      const left = await this.processes();
      if (left.length === 0 || Date.now() > deadline) return left;
      await sleep(50);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null) this.child.kill("SIGTERM");
    await this.ended;
  }
}

/** A directory that the database's own user, too, can pass through. */
export async function localnetDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const root = await mkdtemp(join(tmpdir(), "neurond-localnet-"));
  await chmod(root, 0o755);
  return {
    path: join(root, "net"),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
