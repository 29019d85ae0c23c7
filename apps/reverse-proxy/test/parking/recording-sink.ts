import type { ResponseSink, UpstreamFailure } from "../../src/forward/sink.ts";

/** A client that remembers what it was told. */
export class RecordingSink implements ResponseSink {
  status: number | null = null;
  headers: readonly string[] = [];
  failure: UpstreamFailure | null = null;
  ended = false;
  #body = "";

  get body(): string {
    return this.#body;
  }

  get json(): unknown {
    return JSON.parse(this.#body);
  }

  start(status: number, headers: readonly string[]): void {
    if (this.status !== null) throw new Error("answered twice");
    this.status = status;
    this.headers = headers;
  }

  write(chunk: Buffer): boolean {
    this.#body += chunk.toString();
    return true;
  }

  onDrain(resume: () => void): void {
    resume();
  }

  end(): void {
    if (this.ended) throw new Error("ended twice");
    this.ended = true;
  }

  fail(failure: UpstreamFailure): void {
    this.failure = failure;
  }
}
