import type { Listening } from "@neurond/runtime";
import type { Arrival } from "../exchange.ts";
import type { EdgeEvent, EdgeSettings } from "./settings.ts";

/** The door, open. Disposing drains without patience. */
export interface Edge extends Listening {
  /** Open connections, those being drained included. */
  readonly connections: number;
  /** Accepts nothing more, lets requests under way finish, and cuts off what has not by the deadline. */
  drain(deadlineMs: number): Promise<void>;
}

/**
 * Listens, and hands in each request that is well-formed and unambiguous; the others are answered
 * here. `handle` answers through `arrival.response` and settles when the request is over.
 *
 * @throws CodedError LISTEN_FAILED, TLS_FILES_INVALID
 */
export declare function listenEdge(
  settings: EdgeSettings,
  handle: (arrival: Arrival) => Promise<void>,
  onEvent?: (event: EdgeEvent) => void,
): Promise<Edge>;
