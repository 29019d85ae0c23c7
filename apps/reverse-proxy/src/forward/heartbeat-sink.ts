import type { ResponseSink, UpstreamFailure } from "./sink.ts";

/** A comment, which readers of event streams pass over (HTML standard, section 9.2.6). */
const BEAT = Buffer.from(":\n\n");
const LF = 0x0a;

/**
 * Speaks up on an event stream that has been silent for so long, because hops in between close what is
 * silent. Only between two events: within one a comment would be part of it.
 */
export function heartbeatSink(inner: ResponseSink, everyMs: number): ResponseSink {
  return everyMs > 0 ? new HeartbeatSink(inner, everyMs) : inner;
}

class HeartbeatSink implements ResponseSink {
  readonly #inner: ResponseSink;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #isBetween = true;
  #previous = LF;

  constructor(inner: ResponseSink, everyMs: number) {
    this.#inner = inner;
    this.#everyMs = everyMs;
  }

  start(status: number, headers: readonly string[]): void {
    if (isEvents(headers)) this.#timer = setInterval(this.#beat, this.#everyMs);
    this.#inner.start(status, headers);
  }

  write(chunk: Buffer): boolean {
    if (this.#timer !== undefined && chunk.length > 0) {
      this.#timer.refresh();
      const before = chunk.length > 1 ? chunk.at(-2) : this.#previous;
      this.#previous = chunk.at(-1) ?? 0;
      this.#isBetween = this.#previous === LF && before === LF;
    }
    return this.#inner.write(chunk);
  }

  onDrain(resume: () => void): void {
    this.#inner.onDrain(resume);
  }

  end(trailers: readonly string[]): void {
    clearInterval(this.#timer);
    this.#inner.end(trailers);
  }

  fail(failure: UpstreamFailure): void {
    clearInterval(this.#timer);
    this.#inner.fail(failure);
  }

  readonly #beat = (): void => {
    if (this.#isBetween) this.#inner.write(BEAT);
  };
}

/** Compressed ones cannot be spoken into. */
function isEvents(headers: readonly string[]): boolean {
  let events = false;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at] === "content-encoding" || headers[at] === "content-length") return false;
    if (headers[at] === "content-type")
      events = /^text\/event-stream\b/i.test(headers[at + 1] ?? "");
  }
  return events;
}
