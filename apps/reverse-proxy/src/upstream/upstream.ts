import type { Dispatcher } from "undici";
import type { Exchange } from "../exchange.ts";
import type { UpstreamFailure } from "../forward/sink.ts";
import type { Deny } from "../policy.ts";

/** The leave to send one request to one server of an upstream. */
export interface Slot {
  readonly dispatcher: Dispatcher;
  /** scheme://host:port of the server. */
  readonly origin: string;
  /** Put before the path of the request; empty or beginning with a slash. */
  readonly pathPrefix: string;
  /** Time spent waiting for the slot. */
  readonly queuedMs: number;
  /** Gives the slot back, once; `status` of the answer or why there was none whole. */
  readonly release: (outcome: number | UpstreamFailure) => void;
}

/** A group of servers that do the same work: chooses one, bounds what goes on at once, queues the rest. */
export interface Upstream extends AsyncDisposable {
  readonly name: string;
  /** Waits in the queue for a turn; denies when that is full, hopeless or the signal fires. */
  acquire(exchange: Exchange, signal: AbortSignal): Promise<Slot | Deny>;
  /** Whether a request sent now would probably be served: for capacity and `/status`. */
  readonly state: "ready" | "saturated" | "down";
  readonly queueDepth: number;
}
