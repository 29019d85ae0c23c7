import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const TAIL_BYTES = 16_384;

/** One process to be run. */
export interface ChildOptions {
  readonly name: string;
  /** For Node. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Both of its outputs are appended here. */
  readonly log: string;
}

/** A process that runs, or has ended. */
export interface Child {
  readonly pid: number;
  /** How it ended; settles when it has. */
  readonly ended: Promise<string>;
  readonly hasEnded: boolean;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a process in a group of its own: Ctrl-C at the terminal is for us, who end them in order. */
export async function startChild({ args, env, cwd, log }: ChildOptions): Promise<Child> {
  const file = await open(log, "a", 0o600);
  try {
    const child = spawn(process.execPath, args, {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", file.fd, file.fd, "ipc"],
    });
    // The channel is the leash; what daemons say on it for process managers is not needed here.
    child.channel?.unref();
    child.on("error", () => undefined);
    await once(child, "spawn");
    return handle(child);
  } finally {
    await file.close();
  }
}

function handle(child: ChildProcess): Child {
  const ended = once(child, "exit").then(([code, signal]: unknown[]) =>
    signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`,
  );
  return {
    pid: child.pid ?? 0,
    ended,
    get hasEnded() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    kill(signal) {
      child.kill(signal);
    },
  };
}

/** Asks processes to end, and ends those that have not when the time is over. */
export async function stopChildren(children: readonly Child[], waitMs: number): Promise<void> {
  for (const child of children) child.kill("SIGTERM");
  const all = Promise.all(children.map(({ ended }) => ended));
  const isOver = await Promise.race([all.then(() => true), sleep(waitMs, false, { ref: true })]);
  if (isOver) return;
  for (const child of children) if (!child.hasEnded) child.kill("SIGKILL");
  await all;
}

/** The last line of a log, in few words, for a message about what went wrong. */
export async function lastWords(log: string): Promise<string> {
  const file = await open(log, "r");
  try {
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const line = buffer.toString("utf8").trimEnd().split("\n").at(-1) ?? "";
    return wordsOf(line).slice(0, 300);
  } finally {
    await file.close();
  }
}

/** Daemons log JSON, commands say it in a line. */
function wordsOf(line: string): string {
  try {
    const { msg, error } = JSON.parse(line);
    return [msg, error?.message].filter(Boolean).join(": ");
  } catch {
    return line.replace(/^neurond: /, "");
  }
}
