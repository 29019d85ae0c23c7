import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { leashedArguments } from "./programs.ts";

/** How a command line ended. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a `neurond` command line as a process of its own, as a person would; none is left on an abort. */
export async function neurond(
  line: readonly string[],
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<Ended> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, leashedArguments("neurond", line), {
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const kill = () => child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  try {
    const closed = once(child, "close");
    const [stdout = "", stderr = ""] = await Promise.all([child.stdout, child.stderr].map(read));
    const [exitCode] = await closed;
    signal.throwIfAborted();
    return { exitCode: Number(exitCode ?? 1), stdout, stderr };
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

/** The streams of a child with a channel may be absent as far as types know. */
async function read(stream: Readable | null): Promise<string> {
  return stream === null ? "" : await text(stream);
}
