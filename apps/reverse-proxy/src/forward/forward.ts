import type { Body } from "../body/body.ts";
import type { Exchange } from "../exchange.ts";
import type { Slot } from "../upstream/upstream.ts";
import type { ResponseSink, UpstreamFailure } from "./sink.ts";

export interface ForwardOptions {
  /** Asked for when the answer begins or fails: the client's, or the parking's by then. */
  readonly sink: () => ResponseSink;
  /** From the last byte of the request to the header block of the answer. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the answer. */
  readonly idleTimeoutMs: number;
  /** Between two pieces of an event stream, a comment is sent so often to keep hops awake; 0 sends none. */
  readonly heartbeatMs?: number;
  /** After so long a websocket is closed, and has to be opened and proven anew. */
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
  /** Of bodies only. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Of the answer's bytes as sent; null when none began, or for a websocket. */
  readonly responseSha256: Buffer | null;
  /** From here to the header block of the answer; null when none began. */
  readonly firstByteMs: number | null;
  readonly totalMs: number;
}

/**
 * Sends a request to the server of a slot and its answer to a sink, both streamed as raw bytes. Gives
 * the slot back, and settles when the answer is over; never rejects for what a client or server does.
 */
export declare function forward(
  exchange: Exchange,
  body: Body,
  slot: Slot,
  options: ForwardOptions,
): Promise<Forwarded>;
