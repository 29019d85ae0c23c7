import type { ResponseSink, UpstreamFailure } from "../forward/sink.ts";
import type { JobOutcome } from "./job.ts";
import type { ResultBytes } from "./result-bytes.ts";

type End = (outcome: JobOutcome, body: Buffer | null) => void;

/**
 * Takes the answer nobody waits for. It never asks the server to wait; an answer longer than is kept
 * is read to its end all the same, because only that says that the work is done.
 */
export class ParkedSink implements ResponseSink {
  readonly #maxBytes: number;
  readonly #bytes: ResultBytes;
  readonly #end: End;
  #status = 0;
  #headers: readonly string[] = [];
  #sizeBytes = 0;
  #chunks: Buffer[] | null = [];

  constructor(maxBytes: number, bytes: ResultBytes, end: End) {
    this.#maxBytes = maxBytes;
    this.#bytes = bytes;
    this.#end = end;
  }

  start(status: number, headers: readonly string[]): void {
    this.#status = status;
    this.#headers = headers;
  }

  write(chunk: Buffer): boolean {
    this.#sizeBytes += chunk.length;
    if (this.#chunks === null) return true;
    if (this.#sizeBytes <= this.#maxBytes && this.#bytes.take(chunk.length)) {
      // A copy: the chunk is a view of the connection's buffer, which it would keep alive.
      this.#chunks.push(Buffer.from(chunk));
      return true;
    }
    this.#drop();
    return true;
  }

  onDrain(): void {
    // Nobody is ever asked to wait.
  }

  end(): void {
    const body = this.#chunks && Buffer.concat(this.#chunks);
    const [status, headers, sizeBytes] = [this.#status, this.#headers, this.#sizeBytes];
    this.#end({ kind: "answered", status, headers, sizeBytes }, body);
  }

  fail(failure: UpstreamFailure): void {
    this.#drop();
    this.#end({ kind: "failed", failure }, null);
  }

  #drop(): void {
    for (const chunk of this.#chunks ?? []) this.#bytes.give(chunk.length);
    this.#chunks = null;
  }
}
