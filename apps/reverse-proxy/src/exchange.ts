import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Duplex } from "node:stream";
import type { Principal, RequestHead } from "@neurond/epistula";
import type { Route } from "./routes.ts";
import type { RequestTrace } from "./tracing.ts";

export type Incoming = IncomingMessage | Http2ServerRequest;
export type Outgoing = ServerResponse | Http2ServerResponse;

/** What a listener hands in: a request whose header block is complete, whatever protocol brought it. */
export interface Arrival {
  /** Ours, unique; the same in the log, in the answer and in the receipt. */
  readonly id: string;
  readonly head: RequestHead;
  /** The target up to its query, exactly as on the wire. */
  readonly path: string;
  /** As the client wrote it, port included. */
  readonly host: string;
  /** Of the client: behind a trusted hop, what that hop says. */
  readonly ip: string;
  readonly secure: boolean;
  /** Unix milliseconds at the end of the header block: age is judged by nothing later. */
  readonly receivedAt: number;
  readonly request: Incoming;
  readonly response: Outgoing;
  /** Whether the client waits for 100 before it sends the body: whoever reads that says so first. */
  readonly expectsContinue: boolean;
  /** The connection of a websocket handshake; null for every other request. */
  readonly upgrade: Upgrade | null;
  /** What this listener adds to every answer: name, value, name, value. */
  readonly answerHeaders: readonly string[];
}

/** A connection about to become a websocket. */
export interface Upgrade {
  readonly socket: Duplex;
  /** Bytes that came right behind the handshake. */
  readonly head: Buffer;
}

/** One request on its way through the proxy, from its route to its receipt. */
export interface Exchange extends Arrival {
  readonly route: Route;
  /** Who called, once proven; null before, and on open routes. */
  principal: Principal | null;
  /** Those of the listener, and what is known of the caller by now. */
  answerHeaders: readonly string[];
  /** Absent where nothing is to be forwarded. */
  readonly trace?: RequestTrace;
}
