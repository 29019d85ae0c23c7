import { ingestError } from "@neurond/ingest";

/** How long an answer may take. */
export interface Pace {
  /** Until the headers are there. */
  readonly headersMs: number;
  /** For the whole of a body. */
  readonly bodyMs: number;
  /** Least rate, over each window of so many milliseconds. */
  readonly minBytesPerSecond: number;
  readonly windowMs: number;
}

/** Patient with slow lines, not with one byte a second: 1 KiB/s over ten seconds, half an hour in all. */
export const DEFAULT_PACE: Pace = {
  headersMs: 30_000,
  bodyMs: 1_800_000,
  minBytesPerSecond: 1_024,
  windowMs: 10_000,
};

/** Ends an exchange that is too slow; `restart` begins the first window of its body. */
export class PaceMaker implements Disposable {
  readonly #abort = new AbortController();
  readonly #pace: Pace;
  readonly #what: string;
  #timer: NodeJS.Timeout;
  #deadline: NodeJS.Timeout | undefined;
  #bytes = 0;

  constructor(what: string, pace: Pace) {
    this.#what = what;
    this.#pace = pace;
    this.#timer = setTimeout(() => this.#stop("sent no headers in time"), pace.headersMs);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The headers came; from now on bytes are expected. */
  begin(): void {
    const { bodyMs, windowMs, minBytesPerSecond } = this.#pace;
    clearTimeout(this.#timer);
    this.#deadline = setTimeout(() => this.#stop("takes too long"), bodyMs);
    this.#timer = setInterval(() => {
      if (this.#bytes < (minBytesPerSecond * windowMs) / 1_000) this.#stop("comes too slowly");
      this.#bytes = 0;
    }, windowMs);
  }

  count(bytes: number): void {
    this.#bytes += bytes;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    clearInterval(this.#timer);
    clearTimeout(this.#deadline);
  }

  #stop(how: string): void {
    this.#abort.abort(ingestError("BODY_TOO_SLOW", `${this.#what} ${how}`));
  }
}

/** The pieces of a body up to a limit of bytes, at the reader's pace. @throws CodedError BODY_TOO_LARGE */
export async function* pieces(
  what: string,
  response: Response,
  limits: { readonly maxBytes: number; readonly before: number },
  pace: PaceMaker,
): AsyncGenerator<Uint8Array> {
  let length = limits.before;
  const stated = Number(response.headers.get("content-length") ?? 0);
  if (length + stated > limits.maxBytes) throw tooLarge(what, limits.maxBytes);
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > limits.maxBytes) throw tooLarge(what, limits.maxBytes);
    pace.count(piece.length);
    yield piece;
  }
}

const tooLarge = (what: string, maxBytes: number) =>
  ingestError("BODY_TOO_LARGE", `${what} is larger than ${maxBytes} bytes`, { maxBytes });
