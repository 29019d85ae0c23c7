import { type CodedError, type Hex, isCoded } from "@neurond/primitives";
import type { Runtime } from "../codec/runtime.ts";
import { abortable, pause } from "../deadline.ts";
import { type ChainCode, chainError, retryOf } from "../errors.ts";
import type { ChainStatus, Head } from "../head.ts";
import { type Backoff, backoffMs } from "./backoff.ts";
import { openSession, type Session } from "./handshake.ts";
import { HeadFeed } from "./head-feed.ts";
import { type HeartbeatOptions, watchOver } from "./heartbeat.ts";
import type { RpcSocket } from "./rpc-socket.ts";
import { Runtimes } from "./runtimes.ts";

/** How a connection is kept. */
export interface ConnectionOptions extends HeartbeatOptions {
  readonly endpoints: readonly string[];
  readonly genesisHash: Hex | undefined;
  readonly openTimeoutMs: number;
  readonly recycleMs: number;
  readonly backoff: Backoff;
}

/** Connections one call may use up before its error is the caller's. */
const MAX_ATTEMPTS = 3;
/** Time for the answers still due on a connection that is being replaced. */
const DRAIN_MS = 10_000;
/** A connection that lived this long was a good one: the next failure starts a new count. */
const PROVEN_MS = 10_000;

/**
 * Keeps one working connection to one of the endpoints. It is opened, watched and replaced in a
 * single loop, which ends with `close`.
 */
export class Connection implements AsyncDisposable {
  readonly heads = new HeadFeed();
  readonly runtimes = new Runtimes();
  readonly #options: ConnectionOptions;
  readonly #closing = new AbortController();
  readonly #wrongChain = new Set<string>();
  readonly #draining = new Set<RpcSocket>();
  readonly #loop: Promise<void>;
  #session: Session | undefined;
  #changed = Promise.withResolvers<void>();
  #genesisHash: Hex | undefined;
  #newest = { number: 0, specVersion: 0 };
  #lastError: Error | undefined;
  #opened = 0;
  /** The best block when the endpoint was found standing still. */
  #stalledAt: Hex | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#genesisHash = options.genesisHash;
    this.#loop = this.#maintain(this.#closing.signal);
  }

  /** Runs `work` on a live connection, and again on the next one if the connection was at fault. */
  async run<T>(signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const session = await this.#live(signal);
      try {
        return await work(session);
      } catch (error) {
        if (signal.aborted || retryOf(error) !== "elsewhere" || attempt === MAX_ATTEMPTS)
          throw error;
        // An endpoint that sends nonsense is left, though its socket is open.
        if (isCoded<ChainCode>(error, "RPC_MALFORMED")) session.socket.fail(error);
      }
    }
  }

  /** Notes the runtime of a block just read, for `status`. */
  saw({ number }: Head, { version }: Runtime): void {
    if (number < this.#newest.number) return;
    this.#newest = { number, specVersion: version.specVersion };
  }

  /** A deadline that passed without a connection is the endpoints' failure, not the call's. */
  explain(error: unknown): unknown {
    const connected = this.#session?.socket.isOpen ?? false;
    if (connected || !isCoded<ChainCode>(error, "DEADLINE_EXCEEDED")) return error;
    const { endpoints } = this.#options;
    return chainError(
      "ENDPOINTS_EXHAUSTED",
      `no working connection to ${endpoints.join(", ")}: ${this.#lastError?.message ?? "no answer"}`,
      { endpoints },
      this.#lastError ?? error,
    );
  }

  status(): ChainStatus {
    return {
      endpoint: this.#session?.socket.endpoint,
      connected: this.#session?.socket.isOpen ?? false,
      stalled: this.#stalledAt !== undefined && this.#stalledAt === this.heads.best?.hash,
      genesisHash: this.#genesisHash ?? "0x",
      specVersion: this.#newest.specVersion,
      best: this.heads.best,
      headAgeMs: Math.round(this.heads.ageMs),
      connections: this.#opened,
      fallbacks: this.heads.fallbacks,
      lastError: this.#lastError,
    };
  }

  get genesisHash(): Hex {
    if (this.#genesisHash === undefined) throw chainError("CHAIN_CLOSED", "never connected");
    return this.#genesisHash;
  }

  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(chainError("CHAIN_CLOSED", "the chain client was closed"));
    this.#session?.socket[Symbol.dispose]();
    for (const socket of this.#draining) socket[Symbol.dispose]();
    await this.#loop;
  }

  async #live(signal: AbortSignal): Promise<Session> {
    for (;;) {
      this.closed.throwIfAborted();
      if (this.#session?.socket.isOpen) return this.#session;
      if (this.#wrongChain.size === this.#options.endpoints.length) throw this.#lastError;
      await abortable(this.#changed.promise, signal);
    }
  }

  async #maintain(signal: AbortSignal): Promise<void> {
    let failures = 0;
    for (let turn = 0; !signal.aborted; ) {
      const endpoint = this.#options.endpoints[turn % this.#options.endpoints.length] ?? "";
      const openedAt = performance.now();
      try {
        const reason = await this.#hold(endpoint, signal);
        if (reason === "recycle") continue;
        this.#note(endpoint, reason);
        failures = performance.now() - openedAt > PROVEN_MS ? 1 : failures + 1;
      } catch (error) {
        if (signal.aborted) break;
        this.#note(endpoint, error);
        failures += 1;
      }
      turn += 1;
      await pause(backoffMs(this.#options.backoff, failures), signal).catch(() => undefined);
    }
    this.#announce(undefined);
  }

  /** One connection from opening to end; the error that ended it, or "recycle" when it is of age. */
  async #hold(endpoint: string, signal: AbortSignal): Promise<CodedError<ChainCode> | "recycle"> {
    const expected = { genesisHash: this.#genesisHash, runtimes: this.runtimes };
    const session = await openSession(endpoint, expected, this.#options.openTimeoutMs, signal);
    const { socket } = session;
    if (signal.aborted) socket[Symbol.dispose]();
    const life = new AbortController();
    this.heads.push(session.best);
    const onHead = (head: Head) => this.heads.push(head);
    const watching = watchOver(session, this.#options, onHead, life.signal);
    const retired = this.#session?.socket;
    this.#announce(session);
    if (retired !== undefined) void this.#drain(retired);
    const aged = pause(this.#options.recycleMs, life.signal).then(
      () => "recycle" as const,
      () => socket.ended,
    );
    const end = await Promise.race([socket.ended, aged]);
    life.abort();
    await watching;
    // An aged connection serves until its successor is there.
    if (end !== "recycle") this.#announce(undefined);
    return end;
  }

  #announce(session: Session | undefined): void {
    this.#session = session;
    if (session !== undefined) {
      this.#wrongChain.delete(session.socket.endpoint);
      this.#genesisHash = session.genesisHash;
      this.#newest = { number: 0, specVersion: 0 };
      this.saw(session.best, session.runtime);
      this.#opened += 1;
    }
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  #note(endpoint: string, error: unknown): void {
    this.#lastError = error instanceof Error ? error : new Error(String(error));
    if (isCoded<ChainCode>(error, "CONNECTION_STALLED")) this.#stalledAt = this.heads.best?.hash;
    if (isCoded<ChainCode>(error, "ENDPOINT_WRONG_CHAIN")) {
      this.#wrongChain.add(endpoint);
      this.#wake();
    }
  }

  async #drain(socket: RpcSocket): Promise<void> {
    this.#draining.add(socket);
    const until = performance.now() + DRAIN_MS;
    while (socket.isOpen && socket.pendingCount > 0 && performance.now() < until) {
      await pause(50, this.closed).catch(() => undefined);
      if (this.closed.aborted) break;
    }
    const { endpoint } = socket;
    socket.fail(chainError("CONNECTION_LOST", `${endpoint}: replaced by age`, { endpoint }));
    this.#draining.delete(socket);
  }
}
