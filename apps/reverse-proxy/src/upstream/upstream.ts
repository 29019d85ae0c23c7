import type { Dispatcher } from "undici";
import type { Exchange } from "../exchange.ts";
import type { UpstreamFailure } from "../forward/sink.ts";
import type { LeavingSignal } from "../leaving.ts";
import type { Deny } from "../policy.ts";
import type { UpstreamSettings } from "./settings.ts";

/** The leave to send one request to one server of an upstream. */
export interface Slot {
  readonly dispatcher: Dispatcher;
  /** scheme://host:port of the server. */
  readonly origin: string;
  /** Put before the path of the request; empty or beginning with a slash. */
  readonly pathPrefix: string;
  /** Time spent waiting for the slot. */
  readonly queuedMs: number;
  /** Told when the headers of the answer are in: how slow a server is ends here, not with a long stream. */
  readonly answered: () => void;
  /** Gives the slot back, once; `status` of the answer or why there was none whole. */
  readonly release: (outcome: number | UpstreamFailure) => void;
}

/** A group of servers that do the same work: chooses one, bounds what goes on at once, queues the rest. */
export interface Upstream extends AsyncDisposable {
  readonly name: string;
  /**
   * A slot at once where one is free; else waits in the queue for a turn. Denies when that is full,
   * hopeless or the signal fires. Whoever gets a slot releases it, whatever happens.
   */
  acquire(exchange: Exchange, signal: LeavingSignal): Slot | Deny | Promise<Slot | Deny>;
  /** Whether a request sent now would probably be served: for capacity and `/status`. */
  readonly state: "ready" | "saturated" | "down";
  readonly queueDepth: number;
}

/** An upstream as its operator sees it. */
export interface UpstreamView {
  readonly name: string;
  readonly state: Upstream["state"];
  readonly queueDepth: number;
  readonly inFlight: number;
  /** Requests let work at once just now. */
  readonly limit: number;
  readonly servers: readonly ServerView[];
}

/** One server of it. */
export interface ServerView {
  /** What was configured, without what could be secret in it. */
  readonly label: string;
  readonly breaker: "closed" | "half-open" | "open";
  /** As checks of its health say; true where there are none. */
  readonly well: boolean;
  /** Kept out because it did worse than the others. */
  readonly ejected: boolean;
  readonly inFlight: number;
}

/** What an operator decides about a breaker, in place of what calls say. */
export type BreakerWish =
  | { readonly kind: "closed" }
  | { readonly kind: "open"; readonly forMs: number };

/** An upstream that its operator can look into. */
export interface OperatedUpstream extends Upstream {
  view(): UpstreamView;
  /** False where no server has this label. */
  setBreaker(label: string, wish: BreakerWish): boolean;
}

/** Every upstream by its name, as configured last: what `openUpstreams(settings, deps)` gives. */
export interface Upstreams extends AsyncDisposable {
  get(name: string): OperatedUpstream | undefined;
  all(): readonly OperatedUpstream[];
  /**
   * Takes new settings at once. An upstream whose settings are the same stays as it is; another one
   * takes no more requests, serves those it has and those that wait in it, and then closes.
   */
  replace(settings: Readonly<Record<string, UpstreamSettings>>): void;
  /** Asks the servers how they are, those of later settings too, until the signal fires. */
  watch(signal: AbortSignal): Promise<void>;
}
