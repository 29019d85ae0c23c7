import type { Exchange } from "../exchange.ts";
import type { UpstreamFailure } from "../forward/sink.ts";
import type { LeavingSignal } from "../leaving.ts";
import type { Deny } from "../policy.ts";
import { initialLimit, learnLimit } from "./adaptive-limit.ts";
import { noSlot, type QueueCode } from "./denials.ts";
import { shouldEject } from "./ejection.ts";
import { leastLoaded } from "./least-loaded.ts";
import type { UpstreamMetrics } from "./metrics.ts";
import { Queue } from "./queue.ts";
import { entryOf } from "./queue-entry.ts";
import { isFailure, Server } from "./server.ts";
import { readServerUrl } from "./server-url.ts";
import type { UpstreamSettings } from "./settings.ts";
import type { BreakerWish, OperatedUpstream, Slot, UpstreamView } from "./upstream.ts";

/** What upstreams need from outside. */
export interface UpstreamDeps {
  readonly metrics: UpstreamMetrics;
  /** Milliseconds of a clock that never goes back, near Unix time; by default the process's own. */
  readonly now?: () => number;
  /** 0 to 1, spreads checks of health; by default Math.random. */
  readonly random?: () => number;
}

const SMOOTHING = 0.1;

/** The servers of one upstream and the queue before them. */
export class ServerGroup implements OperatedUpstream {
  readonly name: string;
  readonly servers: readonly Server[];
  readonly settings: UpstreamSettings;
  readonly #metrics: UpstreamMetrics;
  readonly #now: () => number;
  readonly #queue: Queue<Slot>;
  readonly #retired = new AbortController();
  readonly #idle = Promise.withResolvers<void>();
  #adaptive;
  #inFlight = 0;
  #turn = 0;
  /** How long a slot is held, smoothed; null before the first was given back. */
  #heldMs: number | null = null;

  constructor(name: string, settings: UpstreamSettings, deps: UpstreamDeps) {
    this.name = name;
    this.settings = settings;
    this.#metrics = deps.metrics;
    this.#now = deps.now ?? (() => performance.timeOrigin + performance.now());
    this.#queue = new Queue(settings.queue);
    this.servers = settings.urls.map((url) => new Server(readServerUrl(url), settings));
    this.#adaptive = settings.adaptive === null ? null : initialLimit(settings.adaptive);
  }

  get queueDepth(): number {
    return this.#queue.size;
  }

  get state(): "ready" | "saturated" | "down" {
    const nowMs = this.#now();
    if (this.#retired.signal.aborted || !this.#isUp(nowMs)) return "down";
    const room = this.#inFlight < this.#limit && leastLoaded(this.servers, 0, nowMs) !== undefined;
    return !room && this.#queue.isFull ? "saturated" : "ready";
  }

  /** Fires when it takes no more requests. */
  get retired(): AbortSignal {
    return this.#retired.signal;
  }

  acquire(exchange: Exchange, signal: LeavingSignal): Slot | Deny | Promise<Slot | Deny> {
    if (signal.aborted) return this.#deny("CLIENT_LEFT");
    const nowMs = this.#now();
    if (this.#retired.signal.aborted || !this.#isUp(nowMs)) return this.#deny("UPSTREAM_DOWN");
    // A server may be back since anybody looked; those who wait go first.
    this.#serveQueue(nowMs);
    const slot = this.#queue.size === 0 ? this.#take(nowMs, 0) : undefined;
    if (slot !== undefined) return slot;
    const turn = this.#queue.wait(
      entryOf(exchange, nowMs),
      (ahead) => this.#estimateMs(ahead),
      signal,
    );
    if (typeof turn === "string") return this.#deny(turn);
    return turn.then((result) => {
      this.#endWhenIdle();
      return typeof result === "string" ? this.#deny(result) : result;
    });
  }

  view(): UpstreamView {
    const nowMs = this.#now();
    const { name, state, queueDepth } = this;
    const servers = this.servers.map((server) => ({
      label: server.address.label,
      breaker: server.breaker,
      well: server.well,
      ejected: server.isEjected(nowMs),
      inFlight: server.inFlight,
    }));
    return { name, state, queueDepth, inFlight: this.#inFlight, limit: this.#limit, servers };
  }

  setBreaker(label: string, wish: BreakerWish): boolean {
    const server = this.servers.find(({ address }) => address.label === label);
    if (server === undefined) return false;
    const nowMs = this.#now();
    if (wish.kind === "open") server.openBreaker(nowMs + wish.forMs);
    else server.closeBreaker();
    this.#settleQueue(nowMs);
    return true;
  }

  /** Takes in what a check of a server's health said. */
  checked(server: Server, well: boolean): void {
    server.check(well);
    this.#settleQueue(this.#now());
  }

  /** Takes no more; settles when all that was taken is served and the connections are closed. */
  async retire(): Promise<void> {
    this.#retired.abort();
    this.#endWhenIdle();
    await this.#idle.promise;
    await Promise.all(this.servers.map(({ pool }) => pool.close()));
  }

  /** Cuts off what is at work. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#retired.abort();
    this.#queue.clear("UPSTREAM_DOWN");
    await Promise.all(this.servers.map(({ pool }) => pool.destroy()));
  }

  get #limit(): number {
    const { maxConcurrent } = this.settings;
    return this.#adaptive === null ? maxConcurrent : Math.floor(this.#adaptive.limit);
  }

  #isUp(nowMs: number): boolean {
    return this.servers.some((server) => server.isUp(nowMs));
  }

  #take(nowMs: number, queuedMs: number): Slot | undefined {
    if (this.#inFlight >= this.#limit) return undefined;
    const server = leastLoaded(this.servers, this.#turn, nowMs);
    if (server === undefined) return undefined;
    this.#turn = (this.#turn + 1) % this.servers.length;
    this.#inFlight += 1;
    return this.#slot(server, nowMs, queuedMs);
  }

  #slot(server: Server, beganMs: number, queuedMs: number): Slot {
    const call = server.begin(beganMs);
    const inFlight = this.#inFlight;
    let latencyMs: number | null = null;
    let released = false;
    return {
      dispatcher: server.pool,
      origin: server.address.origin,
      pathPrefix: server.address.pathPrefix,
      queuedMs,
      answered: () => {
        latencyMs ??= this.#now() - beganMs;
      },
      release: (outcome) => {
        if (released) return;
        released = true;
        const nowMs = this.#now();
        const taken = latencyMs ?? nowMs - beganMs;
        server.end(call, { outcome, latencyMs: taken }, nowMs);
        this.#learn({ outcome, latencyMs: taken, inFlight, heldMs: nowMs - beganMs });
        this.#ejectIfWorse(server, outcome, nowMs);
        this.#settleQueue(nowMs);
      },
    };
  }

  #learn({ outcome, latencyMs, inFlight, heldMs }: Held): void {
    this.#inFlight -= 1;
    if (typeof outcome === "number")
      this.#metrics.seconds.observe({ upstream: this.name }, latencyMs / 1_000);
    else this.#metrics.failures.inc({ upstream: this.name, reason: outcome });
    // A refused connection ends at once and says nothing of how long work takes.
    if (outcome === "unreachable") return;
    this.#heldMs =
      this.#heldMs === null ? heldMs : this.#heldMs + (heldMs - this.#heldMs) * SMOOTHING;
    const { adaptive, maxConcurrent } = this.settings;
    if (this.#adaptive === null || adaptive === null || outcome === "client-left") return;
    const dropped = outcome === "timeout" || outcome === 503 || outcome === 429;
    const sample = { latencyMs, inFlight, dropped };
    this.#adaptive = learnLimit(this.#adaptive, sample, adaptive, maxConcurrent);
  }

  #ejectIfWorse(server: Server, outcome: number | UpstreamFailure, nowMs: number): void {
    if (this.servers.length < 2 || !isFailure(outcome)) return;
    const { breaker, ejection } = this.settings;
    const peers = {
      own: server.counts(nowMs),
      others: this.servers.filter((other) => other !== server).map((other) => other.counts(nowMs)),
      ejected: this.servers.filter((other) => other.isEjected(nowMs)).length,
      minCalls: breaker.minCalls,
    };
    if (shouldEject(peers, ejection)) server.eject(nowMs + ejection.ejectMs);
  }

  /** Serves who can be served; with no server left to wait for, sends all away. */
  #settleQueue(nowMs: number): void {
    this.#serveQueue(nowMs);
    if (this.#queue.size > 0 && !this.#isUp(nowMs)) this.#queue.clear("UPSTREAM_DOWN");
    this.#endWhenIdle();
  }

  #serveQueue(nowMs: number): void {
    for (let since = this.#queue.nextArrivedMs; since !== undefined; ) {
      const queuedMs = Math.max(0, nowMs - since);
      const slot = this.#take(nowMs, queuedMs);
      if (slot === undefined) return;
      this.#metrics.queueWait.observe({ upstream: this.name }, queuedMs / 1_000);
      this.#queue.serve(slot);
      since = this.#queue.nextArrivedMs;
    }
  }

  /** Until so many ahead and one more have had their turn. */
  #estimateMs(ahead: number): number | null {
    if (this.#heldMs === null) return null;
    return Math.round((this.#heldMs * (ahead + 1)) / Math.max(1, this.#limit));
  }

  #deny(code: QueueCode): Deny {
    this.#metrics.turnedAway.inc({ upstream: this.name, code });
    const nowMs = this.#now();
    const downs = this.servers.map((server) => server.downForMs(nowMs)).filter((ms) => ms !== null);
    return noSlot(code, {
      upstream: this.name,
      waiting: this.#queue.size,
      estimateMs: this.#estimateMs(this.#queue.size),
      retryMs: code === "UPSTREAM_DOWN" && downs.length > 0 ? Math.min(...downs) : null,
    });
  }

  #endWhenIdle(): void {
    if (this.#retired.signal.aborted && this.#inFlight === 0 && this.#queue.size === 0)
      this.#idle.resolve();
  }
}

interface Held {
  readonly outcome: number | UpstreamFailure;
  readonly latencyMs: number;
  readonly inFlight: number;
  readonly heldMs: number;
}
