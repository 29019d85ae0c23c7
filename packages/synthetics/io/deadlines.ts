import type { AnswerLimits } from "./lines.ts";

/** Ends an exchange that stands still or goes on for too long. */
export class Deadlines implements Disposable {
  readonly #abort = new AbortController();
  readonly #limits: AnswerLimits;
  readonly #whole: NodeJS.Timeout;
  #next: NodeJS.Timeout;

  constructor(limits: AnswerLimits) {
    this.#limits = limits;
    this.#whole = setTimeout(() => this.#stop("took too long"), limits.totalMs);
    this.#next = setTimeout(() => this.#stop("sent no headers in time"), limits.headersMs);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Something came. */
  fed(): void {
    clearTimeout(this.#next);
    this.#next = setTimeout(() => this.#stop("stood still"), this.#limits.idleMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#whole);
    clearTimeout(this.#next);
  }

  #stop(how: string): void {
    this.#abort.abort(new DOMException(`the answer ${how}`, "TimeoutError"));
  }
}
