import { basename } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { connectChain } from "@neurond/chain";

/** A stream that results or notes are written to. */
export type Sink = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** A stream that input is read from; a terminal's can hide what is typed. */
export type Source = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };

/** Names of the one program; FileTAO's users know it by the second. */
export type ProgramName = "neurond" | "ftcli";

/** Everything a run takes from the outside, so that a test can bring its own. */
export interface Surroundings {
  /** The name it was started by: what help and errors say. */
  readonly program: ProgramName;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Source;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Aborted by the first interrupt. */
  readonly signal: AbortSignal;
  readonly connectChain: typeof connectChain;
}

/** The surroundings of this process: the only place that reads its environment. */
export function processSurroundings(signal: AbortSignal): Surroundings {
  const { argv, env, stdin, stdout, stderr } = process;
  const program = basename(argv[1] ?? "").startsWith("ftcli") ? "ftcli" : "neurond";
  return { program, env, stdin, stdout, stderr, signal, connectChain: connectLazily };
}

/** Loads the chain client only for a command that talks to a chain. */
const connectLazily: typeof connectChain = async (options, signal) => {
  const chain = await import("@neurond/chain");
  return chain.connectChain(options, signal);
};
