import type { EventEmitter } from "node:events";
import type { Writable } from "node:stream";
import { breakOff, isHttp2, isUnread, writeHeadHttp2 } from "../edge/answer.ts";
import type { Arrival } from "../exchange.ts";
import { refuse } from "../refuse.ts";
import { FAILURE_WORDS } from "./errors.ts";
import type { ResponseSink, UpstreamFailure } from "./sink.ts";

/** Passes the answer to the client who asked. */
export function clientSink(arrival: Arrival): ResponseSink {
  return new ClientSink(arrival);
}

class ClientSink implements ResponseSink {
  readonly #arrival: Arrival;
  /** Whether something has carried the header block out. */
  #isOut = false;

  constructor(arrival: Arrival) {
    this.#arrival = arrival;
  }

  start(status: number, headers: readonly string[]): void {
    const { response, answerHeaders, id, request } = this.#arrival;
    const fields = [...headers, ...answerHeaders, "X-Request-Id", id];
    if (isHttp2(response)) {
      writeHeadHttp2(response, status, fields);
      return;
    }
    // The rest of an upload that the backend did not wait for would be taken for the next request.
    if (isUnread(request)) fields.push("Connection", "close");
    response.writeHead(status, fields);
    // An event stream may say nothing for long, and its client waits for the header block. What of the
    // body is here already comes within this turn, and goes out with it in one piece.
    process.nextTick(flush, this);
  }

  flush(): void {
    const { response } = this.#arrival;
    if (!this.#isOut && !isHttp2(response) && !response.destroyed) response.flushHeaders();
  }

  write(chunk: Buffer): boolean {
    this.#isOut = true;
    const { response }: { readonly response: Writable } = this.#arrival;
    return response.write(chunk);
  }

  onDrain(resume: () => void): void {
    const { response }: { readonly response: EventEmitter } = this.#arrival;
    response.once("drain", resume);
  }

  end(trailers: readonly string[]): void {
    this.#isOut = true;
    const { response } = this.#arrival;
    if (trailers.length > 0) {
      const byName: Record<string, string> = {};
      for (let at = 0; at + 1 < trailers.length; at += 2) {
        byName[trailers[at] ?? ""] = trailers[at + 1] ?? "";
      }
      response.addTrailers(byName);
    }
    response.end();
  }

  fail(failure: UpstreamFailure): void {
    const { response } = this.#arrival;
    if (failure === "client-left" || response.headersSent) {
      breakOff(response);
      return;
    }
    refuse(this.#arrival, FAILURE_WORDS[failure]);
  }
}

function flush(sink: ClientSink): void {
  sink.flush();
}
