import type { Pool } from "undici";
import type { UpstreamFailure } from "../forward/sink.ts";
import { type Breaker, beginCall, CLOSED, endCall, mayCall } from "./breaker.ts";
import { type CallCounts, type CallWindow, countCall, countsOf, NO_CALLS } from "./call-window.ts";
import { checked, type Health, WELL } from "./health.ts";
import { openPool } from "./open-pool.ts";
import type { ServerAddress } from "./server-url.ts";
import type { UpstreamSettings } from "./settings.ts";

/** A call as its server remembers it. */
export interface Call {
  readonly era: number;
}

/** How a call ended: the status or failure, and how long the first byte took. */
export interface CallEnd {
  readonly outcome: number | UpstreamFailure;
  readonly latencyMs: number;
}

/** One server of an upstream: its connections, what is at work on it, and what is thought of it. */
export class Server {
  readonly address: ServerAddress;
  readonly pool: Pool;
  readonly #settings: UpstreamSettings;
  #breaker: Breaker = CLOSED;
  #window: CallWindow = NO_CALLS;
  #health: Health = WELL;
  #ejectedUntilMs = 0;
  #inFlight = 0;

  constructor(address: ServerAddress, settings: UpstreamSettings) {
    this.address = address;
    this.#settings = settings;
    this.pool = openPool(address, settings, settings.maxConcurrentPerServer);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get breaker(): Breaker["kind"] {
    return this.#breaker.kind;
  }

  /** Whether it is one to send to, were it not for what is at work on it already. */
  isUp(nowMs: number): boolean {
    if (!this.#health.well || this.isEjected(nowMs)) return false;
    // Half-open with its probes out may be back any moment: worth waiting for.
    return this.#breaker.kind !== "open" || nowMs >= this.#breaker.untilMs;
  }

  isEjected(nowMs: number): boolean {
    return nowMs < this.#ejectedUntilMs;
  }

  /** Until it may be up again by itself; null when that is for a check of its health to say. */
  downForMs(nowMs: number): number | null {
    if (!this.#health.well) return null;
    const untilMs = this.#breaker.kind === "open" ? this.#breaker.untilMs : 0;
    return Math.max(0, Math.max(untilMs, this.#ejectedUntilMs) - nowMs);
  }

  hasRoom(nowMs: number): boolean {
    return (
      this.#inFlight < this.#settings.maxConcurrentPerServer &&
      this.isUp(nowMs) &&
      mayCall(this.#breaker, nowMs)
    );
  }

  begin(nowMs: number): Call {
    this.#inFlight += 1;
    this.#breaker = beginCall(this.#breaker, nowMs, this.#settings.breaker);
    return { era: this.#breaker.era };
  }

  end(call: Call, { outcome, latencyMs }: CallEnd, nowMs: number): void {
    this.#inFlight -= 1;
    const { breaker } = this.#settings;
    const slow = latencyMs > breaker.slowCallMs;
    // A client that left says nothing, unless it left because it had waited too long.
    if (outcome === "client-left" && !slow) {
      this.#breaker = endCall(this.#breaker, call.era, "void", nowMs, breaker);
      return;
    }
    const verdict = { failed: isFailure(outcome), slow };
    this.#breaker = endCall(this.#breaker, call.era, verdict, nowMs, breaker);
    this.#window = countCall(this.#window, verdict, nowMs, breaker.windowMs);
  }

  check(well: boolean): void {
    const { health } = this.#settings;
    if (health !== null) this.#health = checked(this.#health, well, health);
  }

  /** Sends nothing more to it until then, and then one probe after another. */
  openBreaker(untilMs: number): void {
    this.#breaker = { kind: "open", era: this.#breaker.era + 1, untilMs, openings: 1 };
  }

  /** Believes in it again, whatever it did before. */
  closeBreaker(): void {
    this.#breaker = { ...CLOSED, era: this.#breaker.era + 1 };
    this.#ejectedUntilMs = 0;
    this.#window = NO_CALLS;
  }

  get well(): boolean {
    return this.#health.well;
  }

  eject(untilMs: number): void {
    this.#ejectedUntilMs = untilMs;
    // Begins anew when it is back: what it was ejected for is paid for.
    this.#window = NO_CALLS;
  }

  counts(nowMs: number): CallCounts {
    return countsOf(this.#window, nowMs, this.#settings.breaker.windowMs);
  }
}

/** Whether it is the server's failure: what it refuses with a 4xx is the caller's. */
export function isFailure(outcome: number | UpstreamFailure): boolean {
  return typeof outcome === "number" ? outcome >= 500 : outcome !== "client-left";
}
