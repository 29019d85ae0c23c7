/** How much of an answer is taken in, and for how long. */
export interface AnswerLimits {
  /** Of one line, in bytes; the rest of a longer one is dropped. */
  readonly maxLineBytes: number;
  readonly maxTotalBytes: number;
  /** Until the headers are there, between two pieces of the body, and for the whole. */
  readonly headersMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}

const MIB = 1_048_576;

/** 64 MiB a line, as images and audio are one line each; a quarter of a gibibyte and ten minutes in all. */
export const ANSWER_LIMITS: AnswerLimits = {
  maxLineBytes: 64 * MIB,
  maxTotalBytes: 256 * MIB,
  headersMs: 120_000,
  idleMs: 120_000,
  totalMs: 600_000,
};

const NEWLINE = 0x0a;

/** Cuts a stream of bytes into lines without copying a long one again for each of its pieces. */
export class LineCutter {
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  #length = 0;
  #isOverlong = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Lines that the piece completes; null stands for one that was longer than the limit. */
  *push(piece: Uint8Array): Generator<string | null> {
    let from = 0;
    for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, from)) {
      this.#keep(piece.subarray(from, at));
      yield this.#take();
      from = at + 1;
    }
    this.#keep(piece.subarray(from));
  }

  /** A last line without an end. */
  *end(): Generator<string | null> {
    if (this.#length > 0 || this.#isOverlong) yield this.#take();
  }

  #keep(part: Uint8Array): void {
    if (this.#isOverlong || part.length === 0) return;
    this.#length += part.length;
    if (this.#length <= this.#maxBytes) this.#pieces.push(part);
    else {
      this.#isOverlong = true;
      this.#pieces = [];
    }
  }

  #take(): string | null {
    const text = this.#isOverlong
      ? null
      : Buffer.concat(this.#pieces).toString("utf8").replace(/\r$/, "");
    this.#pieces = [];
    this.#length = 0;
    this.#isOverlong = false;
    return text;
  }
}
