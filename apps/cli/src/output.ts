import type { ProgramName, Sink, Surroundings } from "./environment.ts";
import type { Failure } from "./failures.ts";
import { type Column, printable, printableLines, renderPairs, renderTable } from "./table.ts";

/** What a command's text for people is made with. */
export interface View {
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): string;
  pairs(pairs: readonly (readonly [name: string, value: string | undefined])[]): string;
}

/** How this run prints. */
export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
}

/** The result goes to stdout, alone; everything else goes to stderr. */
export class Output {
  readonly options: OutputOptions;
  readonly #program: ProgramName;
  readonly #stdout: Sink;
  readonly #stderr: Sink;
  readonly #colour: boolean;

  constructor({ program, env, stdout, stderr }: Surroundings, options: OutputOptions) {
    this.options = options;
    this.#program = program;
    this.#stdout = stdout;
    this.#stderr = stderr;
    // NO_COLOR counts when it is set to anything but the empty string (no-color.org).
    this.#colour = stdout.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  }

  /** Prints a result: one line of JSON, or the text for people. */
  async result<Result>(value: Result, human: (value: Result, view: View) => string): Promise<void> {
    const text = this.options.json
      ? JSON.stringify(value)
      : printableLines(human(value, this.#view()));
    await write(this.#stdout, `${text}\n`);
  }

  /** Tells the person something beside the result. */
  note(text: string): void {
    if (!this.options.quiet) this.#stderr.write(`${printable(text)}\n`);
  }

  /** Prints a failure: one line on stderr, or with --json an object on stdout in the result's place. */
  async failure(failure: Failure, error: unknown): Promise<void> {
    const { code, message, context } = failure;
    if (this.options.json) {
      await write(
        this.#stdout,
        `${JSON.stringify({ error: { code, message, context } }, plain)}\n`,
      );
    } else {
      await write(this.#stderr, `${this.#program}: ${code}: ${printable(message)}\n`);
    }
    if (!this.options.debug) return;
    const { inspect } = await import("node:util");
    await write(this.#stderr, `${inspect(error, { depth: 5 })}\n`);
  }

  #view(): View {
    return {
      table: (columns, rows) => renderTable(columns, rows, this.#colour),
      pairs: (pairs) => renderPairs(pairs, this.#colour),
    };
  }
}

/** An error's context may hold amounts as bigint, which JSON has no form for. */
function plain(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

function write(sink: Sink, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
