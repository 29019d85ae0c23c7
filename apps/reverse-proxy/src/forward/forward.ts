import type { Dispatcher } from "undici";
import type { Body } from "../body/body.ts";
import type { Exchange } from "../exchange.ts";
import type { Slot } from "../upstream/upstream.ts";
import { answerFields, trailerFields } from "./answer-fields.ts";
import { passHints } from "./pass-hints.ts";
import { requestFields } from "./request-fields.ts";
import { RunningHash } from "./running-hash.ts";
import type { ResponseSink, UpstreamFailure } from "./sink.ts";
import { openTunnel } from "./tunnel.ts";

export interface ForwardOptions {
  /** Asked for when the answer begins or fails: the client's, or the parking's by then. */
  readonly sink: () => ResponseSink;
  /** Told when the server's socket has taken the whole request. */
  readonly onSent?: () => void;
  /** From the last byte of the request to the header block of the answer. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the answer; of a websocket, of either side. */
  readonly idleTimeoutMs: number;
  /** After so long a websocket is closed, and has to be opened and proven anew; 0 never. */
  readonly websocketMaxMs?: number;
  /** Leaves a request that reached no server unanswered: the caller tries another and forwards again. */
  readonly quietWhenUnreachable?: boolean;
}

/** How a forwarded request ended. */
export interface Forwarded {
  /** Of the answer; null when none began. */
  readonly status: number | null;
  /** Null for a whole answer. */
  readonly failure: UpstreamFailure | null;
  /** Of bodies only, as far as they were sent. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Of the answer's body as the upstream sent it; null when none began, or for a websocket. */
  readonly responseSha256: Buffer | null;
  /** From here to the header block of the answer; null when none began. */
  readonly firstByteMs: number | null;
  readonly totalMs: number;
}

/**
 * Sends a request to the server of a slot and its answer to a sink, both streamed as raw bytes. Gives
 * the slot back, and settles when the answer is over; never rejects for what a client or server does.
 */
export function forward(
  exchange: Exchange,
  body: Body,
  slot: Slot,
  options: ForwardOptions,
): Promise<Forwarded> {
  return new Promise((resolve) => {
    const forwarding = new Forwarding(exchange, slot, options, resolve);
    slot.dispatcher.dispatch(dispatchOptions(exchange, body, slot, options), forwarding);
  });
}

function dispatchOptions(
  exchange: Exchange,
  body: Body,
  { origin, pathPrefix }: Slot,
  { headersTimeoutMs, idleTimeoutMs }: ForwardOptions,
): Dispatcher.DispatchOptions {
  const { head, upgrade } = exchange;
  const headers = requestFields(exchange);
  const length = body.kind === "file" ? String(body.sizeBytes) : announced(exchange, body);
  if (length !== undefined) headers.push("content-length", length);
  return {
    origin,
    path: pathPrefix === "" ? head.target : pathPrefix + head.target,
    method: head.method,
    headers,
    body: bodyOf(body),
    headersTimeout: headersTimeoutMs,
    bodyTimeout: idleTimeoutMs,
    upgrade: upgrade ? "websocket" : null,
  };
}

function announced({ request }: Exchange, body: Body): string | undefined {
  return body.kind === "stream" ? request.headers["content-length"] : undefined;
}

function bodyOf(body: Body) {
  switch (body.kind) {
    case "none":
      return null;
    case "memory":
      return body.bytes;
    case "file":
      return body.open();
    case "stream":
      return body.readable;
  }
}

/** One request at an upstream. */
class Forwarding implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #slot: Slot;
  readonly #options: ForwardOptions;
  readonly #resolve: (forwarded: Forwarded) => void;
  readonly #startedAt = performance.now();
  #hash: RunningHash | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #sink: ResponseSink | undefined;
  #clientLeft = false;
  #status: number | null = null;
  #firstByteMs: number | null = null;
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(
    exchange: Exchange,
    slot: Slot,
    options: ForwardOptions,
    resolve: (forwarded: Forwarded) => void,
  ) {
    this.#exchange = exchange;
    this.#slot = slot;
    this.#options = options;
    this.#resolve = resolve;
    exchange.response.once("close", this.#left);
    // One that was told to ask again has left as well, and means its request to go on.
    this.#clientLeft = exchange.response.destroyed && !exchange.response.writableFinished;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#clientLeft) controller.abort(new Error("the client left"));
  }

  onBodySent(chunk: Buffer): void {
    this.#bytesIn += chunk.length;
  }

  onRequestSent(): void {
    this.#options.onSent?.();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Parameters<typeof answerFields>[0],
  ): void {
    if (status < 200) {
      if (status === 103) passHints(this.#exchange, headers["link"]);
      return;
    }
    this.#status = status;
    this.#firstByteMs = performance.now() - this.#startedAt;
    this.#slot.answered();
    this.#hash = new RunningHash(headers["content-length"] === undefined);
    this.#sink = this.#options.sink();
    this.#sink.start(status, answerFields(headers));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytesOut += chunk.length;
    this.#hash?.update(chunk);
    if (this.#sink?.write(chunk) !== false) return;
    controller.pause();
    this.#sink.onDrain(() => controller.resume());
  }

  onResponseEnd(
    _controller: Dispatcher.DispatchController,
    trailers: Parameters<typeof trailerFields>[0],
  ): void {
    this.#sink?.end(trailerFields(trailers));
    this.#settle(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const failure = this.#failureOf(error);
    const quiet = failure === "unreachable" && this.#options.quietWhenUnreachable === true;
    if (!quiet) (this.#sink ?? this.#options.sink()).fail(failure);
    this.#settle(failure);
  }

  onRequestUpgrade(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Parameters<typeof answerFields>[0],
    upstream: Parameters<NonNullable<Dispatcher.DispatchHandler["onRequestUpgrade"]>>[3],
  ): void {
    this.#status = status;
    this.#firstByteMs = performance.now() - this.#startedAt;
    const { idleTimeoutMs, websocketMaxMs = 0 } = this.#options;
    const limits = { idleMs: idleTimeoutMs, maxMs: websocketMaxMs };
    openTunnel(this.#exchange, answerFields(headers), upstream, limits, (bytesIn, bytesOut) => {
      this.#bytesIn = bytesIn;
      this.#bytesOut = bytesOut;
      this.#settle(null);
    });
  }

  /** Also after every answer that went well; then there is nothing left to abort. */
  readonly #left = (): void => {
    if (this.#exchange.response.writableFinished) return;
    this.#clientLeft = true;
    this.#controller?.abort(new Error("the client left"));
  };

  #failureOf(error: Error & { readonly code?: string }): UpstreamFailure {
    if (this.#clientLeft) return "client-left";
    if (error.code === "UND_ERR_HEADERS_TIMEOUT" || error.code === "UND_ERR_BODY_TIMEOUT") {
      return "timeout";
    }
    // Without a start nothing was sent; an invalid argument is not the server's fault.
    if (!this.#controller && error.code !== "UND_ERR_INVALID_ARG") return "unreachable";
    return "broken";
  }

  #settle(failure: UpstreamFailure | null): void {
    this.#slot.release(failure ?? this.#status ?? "broken");
    const hash = this.#hash;
    this.#resolve({
      status: this.#status,
      failure,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      get responseSha256() {
        return hash?.digest() ?? null;
      },
      firstByteMs: this.#firstByteMs,
      totalMs: performance.now() - this.#startedAt,
    });
  }
}
