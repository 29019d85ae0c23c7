import { CodedError } from "@neurond/primitives";
import type { ConfigValues } from "./config-file.ts";
import type { Sink, Source, Surroundings } from "./environment.ts";
import type { UsageCode } from "./failures.ts";
import { sharedOption } from "./options.ts";
import type { Output } from "./output.ts";
import { withProgress } from "./progress.ts";

/** What a call is made of once the line is parsed. */
export interface CallParts {
  readonly args: readonly string[];
  /** Values of given flags by option name; every option the command declares is a key. */
  readonly flags: ReadonlyMap<string, string | boolean | undefined>;
  readonly config: ConfigValues;
  readonly surroundings: Surroundings;
  readonly output: Output;
}

/** One invocation of a command: its arguments, its options settled, and the way to talk to the person. */
export class Call {
  readonly args: readonly string[];
  readonly env: Surroundings["env"];
  readonly signal: AbortSignal;
  readonly stdin: Source;
  readonly connectChain: Surroundings["connectChain"];
  /** Whether a question may be asked: a person is at both ends and wants to be asked. */
  readonly interactive: boolean;
  readonly #parts: CallParts;
  #isAsking = false;

  constructor(parts: CallParts) {
    const { env, signal, stdin, stderr, connectChain } = parts.surroundings;
    this.args = parts.args;
    this.env = env;
    this.signal = signal;
    this.stdin = stdin;
    this.connectChain = connectChain;
    this.interactive = stdin.isTTY === true && stderr.isTTY === true && !parts.output.options.json;
    this.#parts = parts;
  }

  /** An option as text: flag, config file, environment, default. */
  text(name: string): string | undefined {
    const given = this.given(name);
    if (given !== undefined) return given;
    const { env = [], fallback } = sharedOption(name) ?? {};
    return env.map((variable) => this.env[variable]).find(Boolean) ?? fallback;
  }

  /** An option as text when a flag or the config file gives it; for libraries that read the environment themselves. */
  given(name: string): string | undefined {
    const value = this.#flag(name) ?? this.#parts.config.get(name);
    return value === undefined ? undefined : String(value);
  }

  /** Whether a flag is on. */
  on(name: string): boolean {
    const value = this.#flag(name) ?? this.#parts.config.get(name);
    return value === true || value === "true";
  }

  /** An option as an integer within bounds, both included. */
  integer(
    name: string,
    bounds: { readonly min: number; readonly max: number },
  ): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= bounds.min && value <= bounds.max) return value;
    const range = `${bounds.min} to ${bounds.max}`;
    throw new CodedError<UsageCode>("USAGE", `--${name} is a whole number from ${range}`, { text });
  }

  /** An option as one of some words. */
  choice<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.text(name);
    const word = words.find((one) => one === text);
    if (word !== undefined || text === undefined) return word;
    throw new CodedError<UsageCode>("USAGE", `--${name} is one of ${words.join(", ")}`, { text });
  }

  /** Tells the person something beside the result, on stderr. */
  note(text: string): void {
    this.#parts.output.note(text);
  }

  /** Shows on a terminal what is being waited for, and how far it is, once it takes longer than a second. */
  progress<Value>(label: string | (() => string), work: Promise<Value>): Promise<Value> {
    const { output, surroundings } = this.#parts;
    const quiet = output.options.quiet || output.options.json;
    const isAsking = () => this.#isAsking;
    return withProgress(label, work, { stderr: surroundings.stderr, quiet, isAsking });
  }

  /** The terminal that a live view may take; undefined when nobody looks at one. */
  get terminal(): Sink | undefined {
    const { output, surroundings } = this.#parts;
    const { quiet, json } = output.options;
    const isSmart = surroundings.stderr.isTTY === true && this.env["TERM"] !== "dumb";
    return isSmart && !quiet && !json ? surroundings.stderr : undefined;
  }

  /** Asks for a secret at the terminal; undefined when there is nobody to ask. */
  get askHidden(): ((question: string) => Promise<string>) | undefined {
    const { stdin: input, stderr: output } = this.#parts.surroundings;
    if (!this.interactive || !canHide(input)) return undefined;
    return async (question) => {
      const { askHidden } = await import("@neurond/chain/wallet");
      this.#isAsking = true;
      return askHidden(question, { input, output }).finally(() => {
        this.#isAsking = false;
      });
    };
  }

  /** Asks for a line at the terminal; undefined when there is nobody to ask, or nobody wants to be. */
  get ask(): ((question: string) => Promise<string>) | undefined {
    const { stdin: input, stderr: output } = this.#parts.surroundings;
    if (!this.interactive || this.on("yes")) return undefined;
    return async (question) => {
      const { askLine } = await import("./ask.ts");
      this.#isAsking = true;
      return askLine(question, { input, output, signal: this.signal }).finally(() => {
        this.#isAsking = false;
      });
    };
  }

  #flag(name: string): string | boolean | undefined {
    const { flags } = this.#parts;
    if (!flags.has(name)) throw new Error(`the command does not declare --${name}`);
    return flags.get(name);
  }
}

function canHide(source: Source): source is Source & Required<Pick<Source, "setRawMode">> {
  return source.setRawMode !== undefined;
}
