import { spawn } from "node:child_process";
import { once } from "node:events";

const DEADLINE_MS = 15 * 60_000;

/** How a program ended; `output` is both of its streams. */
export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** Runs a program and collects its output; one that is not there ends with code 127, as in a shell. */
export async function run(command: string, args: readonly string[]): Promise<Finished> {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  }
  try {
    const [code] = await once(child, "close");
    return { code: typeof code === "number" ? code : 1, output: chunks.join("") };
  } catch (error) {
    return { code: 127, output: String(error) };
  }
}

/** Runs a program on our own streams and returns its exit code. */
export async function show(command: string, args: readonly string[], cwd: string): Promise<number> {
  const child = spawn(command, args, {
    cwd,
    stdio: ["ignore", "inherit", "inherit"],
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const [code] = await once(child, "close");
  return typeof code === "number" ? code : 1;
}
