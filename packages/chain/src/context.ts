import { toBlockNumber } from "@neurond/primitives";
import type { ConnectOptions } from "./connect.ts";
import { Connection } from "./connection/connection.ts";
import type { Session } from "./connection/handshake.ts";
import { withDeadline } from "./deadline.ts";
import { chainError } from "./errors.ts";
import type { At, CallOptions, ReadOptions } from "./options.ts";
import { ExtrinsicBuilders } from "./polkadot.ts";
import { type State, stateAt } from "./state.ts";

const DEFAULTS = {
  timeoutMs: 30_000,
  writeTimeoutMs: 120_000,
  openTimeoutMs: 15_000,
  recycleMs: 3_600_000,
  probeMs: 10_000,
  probeTimeoutMs: 5_000,
  backoff: { first: 250, longest: 30_000 },
};

/** What every action works with: the connection, the deadlines, and the local clock. */
export class ChainContext implements AsyncDisposable {
  readonly connection: Connection;
  readonly builders: ExtrinsicBuilders;
  readonly now: () => number;
  readonly writeTimeoutMs: number;
  readonly #timeoutMs: number;
  /** Writes of an account are sent one by one: two would ask for the same nonce. */
  readonly #accounts = new Map<string, Promise<void>>();

  /** Connects; rejects, and leaves nothing behind, when no endpoint works in time. */
  static async open(options: ConnectOptions, signal?: AbortSignal): Promise<ChainContext> {
    const context = new ChainContext(options);
    try {
      const limits = signal === undefined ? {} : { signal };
      await context.session("connect", limits, async () => undefined);
      return context;
    } catch (error) {
      await context[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(options: ConnectOptions) {
    for (const endpoint of options.endpoints) requireWebsocket(endpoint);
    if (options.endpoints.length === 0) {
      throw chainError("ENDPOINT_INVALID", "no endpoint given: name at least one ws:// URL");
    }
    this.#timeoutMs = options.timeoutMs ?? DEFAULTS.timeoutMs;
    this.writeTimeoutMs = options.writeTimeoutMs ?? DEFAULTS.writeTimeoutMs;
    this.now = options.now ?? Date.now;
    this.connection = new Connection({
      endpoints: options.endpoints,
      genesisHash: options.genesisHash,
      openTimeoutMs: options.openTimeoutMs ?? DEFAULTS.openTimeoutMs,
      probeMs: options.probeMs ?? DEFAULTS.probeMs,
      probeTimeoutMs: options.probeTimeoutMs ?? DEFAULTS.probeTimeoutMs,
      stallMs: options.stallMs,
      recycleMs: options.recycleMs ?? DEFAULTS.recycleMs,
      backoff: options.backoffMs ?? DEFAULTS.backoff,
    });
    this.builders = new ExtrinsicBuilders();
  }

  /** Work on a live connection within the call's deadline, repeated if the connection fails. */
  async session<T>(
    what: string,
    options: CallOptions,
    work: (session: Session, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      return await withDeadline(what, options, this.#timeoutMs, (signal) =>
        this.connection.run(signal, (session) => work(session, signal)),
      );
    } catch (error) {
      throw this.connection.explain(error);
    }
  }

  /** A read at one block. */
  read<T>(what: string, options: ReadOptions, action: (state: State) => Promise<T>): Promise<T> {
    return this.session(what, options, async (session, signal) =>
      action(await this.stateOn(session, options.at ?? "best", signal)),
    );
  }

  /** A request that is safe to repeat on another connection. */
  rpc(method: string, params: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    return this.connection.run(signal, ({ socket }) => socket.request(method, params, signal));
  }

  /** A state for reads that share a signal but not a connection. */
  state(at: At, signal: AbortSignal): Promise<State> {
    return this.connection.run(signal, (session) => this.stateOn(session, at, signal));
  }

  async stateOn(session: Session, at: At, signal: AbortSignal): Promise<State> {
    const state = await stateAt(session, this.connection.runtimes, at, signal);
    this.connection.saw(state.block, state.runtime);
    return state;
  }

  /** The block as its own execution saw types: with the runtime of its parent. */
  async executed(session: Session, at: At, signal: AbortSignal): Promise<State> {
    const state = await this.stateOn(session, at, signal);
    const { number, parentHash } = state.block;
    if (number === toBlockNumber(0)) return state;
    const rpc = (method: string, params: readonly unknown[]) =>
      session.socket.request(method, params, signal);
    return state.under(await this.connection.runtimes.at(rpc, parentHash));
  }

  /** Runs `work` when the earlier writes of the account are done. */
  async inTurn<T>(account: string, work: () => Promise<T>): Promise<T> {
    const before = this.#accounts.get(account) ?? Promise.resolve();
    const result = before.then(work);
    const done = result.then(
      () => undefined,
      () => undefined,
    );
    this.#accounts.set(account, done);
    try {
      return await result;
    } finally {
      if (this.#accounts.get(account) === done) this.#accounts.delete(account);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection[Symbol.asyncDispose]();
    await this.builders[Symbol.asyncDispose]();
  }
}

function requireWebsocket(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol === "ws:" || url?.protocol === "wss:") return;
  throw chainError("ENDPOINT_INVALID", `"${endpoint}" is not a ws:// or wss:// URL`, { endpoint });
}
