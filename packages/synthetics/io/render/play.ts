import { spawn } from "node:child_process";
import { syntheticsError } from "@neurond/synthetics";

const DEADLINE_MS = 120_000;

/** Plays a file with a program of the configuration, without a shell. @throws CodedError PLAYER_FAILED */
export async function play(
  [program, ...args]: readonly [string, ...string[]],
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  spawn(program, [...args, path], { stdio: "ignore", signal: deadline })
    .once("error", reject)
    .once("exit", resolve);
  const status = await promise.catch((cause: unknown) => {
    signal.throwIfAborted();
    const words = cause instanceof Error ? cause.message : String(cause);
    throw syntheticsError(
      "PLAYER_FAILED",
      `${program} could not play ${path}: ${words}`,
      {},
      cause,
    );
  });
  if (status === 0) return;
  throw syntheticsError("PLAYER_FAILED", `${program} ended with status ${status} on ${path}`);
}
