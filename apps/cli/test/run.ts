import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Chain } from "@neurond/chain";
import type { Surroundings } from "../src/environment.ts";
import { runCommandLine } from "../src/run-command-line.ts";
import { fakeChain } from "./fake-chain.ts";

/** What one command line answered. */
export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a test wants to be different from a pipe with an empty environment. */
export interface Situation {
  readonly program?: Surroundings["program"];
  readonly env?: Surroundings["env"];
  readonly input?: string | Uint8Array;
  readonly terminal?: boolean;
  readonly signal?: AbortSignal;
  /** What a chain answers, for a test that does not bring its own way to connect. */
  readonly chain?: Partial<Chain>;
  readonly connectChain?: Surroundings["connectChain"];
}

/** Runs a command line in this process, with surroundings of its own. */
export async function run(argv: readonly string[], situation: Situation = {}): Promise<Answer> {
  const { program = "neurond", env = {}, input = "", terminal = false } = situation;
  const sink = () => Object.assign(new PassThrough(), { isTTY: terminal, columns: 100 });
  const stdout = sink();
  const stderr = sink();
  const stdin = Object.assign(Readable.from([Buffer.from(input)], { objectMode: false }), {
    isTTY: terminal,
    setRawMode: () => undefined,
  });
  const signal = situation.signal ?? new AbortController().signal;
  const connectChain = situation.connectChain ?? (async () => fakeChain(situation.chain ?? {}));
  const answer = Promise.all([text(stdout), text(stderr)]);
  const exitCode = await runCommandLine(argv, {
    program,
    env,
    stdin,
    stdout,
    stderr,
    signal,
    connectChain,
  });
  stdout.end();
  stderr.end();
  const [out, err] = await answer;
  return { exitCode, stdout: out, stderr: err };
}
