import type { Sink } from "../../environment.ts";
import type { Size } from "./screen.ts";

const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

/** A terminal's second screen while it is ours; leaving gives the person's own text back. */
export class Terminal implements Disposable {
  readonly #sink: Sink;
  #isLeft = false;

  constructor(sink: Sink) {
    this.#sink = sink;
    sink.write(ENTER);
  }

  /** A terminal that does not know its size says 0. */
  get size(): Size {
    return { columns: this.#sink.columns || 80, rows: this.#sink.rows || 24 };
  }

  /** Replaces what is shown, line by line, so that nothing flickers. */
  draw(lines: readonly string[]): void {
    this.#sink.write(HOME + lines.map((line) => `${line}${CLEAR_LINE}\r\n`).join("") + CLEAR_BELOW);
  }

  [Symbol.dispose](): void {
    if (!this.#isLeft) this.#sink.write(LEAVE);
    this.#isLeft = true;
  }
}
