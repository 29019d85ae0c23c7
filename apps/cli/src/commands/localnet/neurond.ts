import { execFile } from "node:child_process";
import { nodeArguments } from "./programs.ts";

/** How a command line ended. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a `neurond` command line as a process of its own, as a person would. */
export function neurond(
  line: readonly string[],
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<Ended> {
  const args = nodeArguments("neurond", line);
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      args,
      { env, signal, maxBuffer: 64 << 20 },
      (error, stdout, stderr) => {
        if (signal.aborted) return reject(signal.reason);
        if (error !== null && typeof error.code !== "number") return reject(error);
        resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr });
      },
    );
  });
}
