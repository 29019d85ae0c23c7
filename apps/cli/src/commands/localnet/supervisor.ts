import { setTimeout as sleep } from "node:timers/promises";
import { type Child, type ChildOptions, lastWords, startChild, stopChildren } from "./child.ts";
import { localnetError } from "./errors.ts";

/** How long the first start of a daemon may take, on a busy machine. */
const READY_MS = 60_000;
const POLL_MS = 100;
/** A daemon that ends is started again, first at once and then after ever longer pauses. */
const PAUSES_MS = [0, 250, 500, 1_000, 2_000] as const;
const STOP_MS = 2_500;

/** A daemon, and how to tell that it accepts work. */
export interface Daemon extends ChildOptions {
  readonly isReady: (signal: AbortSignal) => Promise<boolean>;
}

/** What is known of a daemon's process. */
export interface DaemonStatus {
  readonly name: string;
  readonly pid: number;
  readonly isReady: boolean;
  readonly restarts: number;
}

/** Runs daemons, starts those again that end, and stops all of them. */
export class Supervisor implements AsyncDisposable {
  readonly #stopping = new AbortController();
  readonly #running = new Map<string, { child: Child; status: DaemonStatus }>();
  readonly #keepers: Promise<void>[] = [];
  readonly #gone = new Set<string>();
  readonly #onPids: (pids: readonly number[]) => void;

  constructor(onPids: (pids: readonly number[]) => void) {
    this.#onPids = onPids;
  }

  /** Starts daemons side by side; resolves when all of them are ready. @throws CodedError DAEMON_FAILED */
  async start(daemons: readonly Daemon[], signal: AbortSignal): Promise<void> {
    const first = await Promise.all(
      daemons.map(async (daemon) => ({ daemon, child: await this.#launch(daemon, 0) })),
    );
    const ready = Promise.all(
      first.map(({ daemon, child }) => this.#firstReady(daemon, child, signal)),
    );
    await ready;
    for (const { daemon, child } of first) this.#keepers.push(this.#keep(daemon, child));
  }

  get statuses(): readonly DaemonStatus[] {
    return [...this.#running.values()].map(({ status }) => status);
  }

  /** Kills a daemon for good. */
  async kill(name: string): Promise<void> {
    this.#gone.add(name);
    const child = this.#running.get(name)?.child;
    child?.kill("SIGKILL");
    await child?.ended;
  }

  /** Ends the daemons, all at once, and waits until none is left. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await stopChildren(
      [...this.#running.values()].map(({ child }) => child),
      STOP_MS,
    );
    await Promise.all(this.#keepers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #launch(daemon: Daemon, restarts: number): Promise<Child> {
    const child = await startChild(daemon);
    const status = { name: daemon.name, pid: child.pid, isReady: false, restarts };
    this.#running.set(daemon.name, { child, status });
    this.#onPids([...this.#running.values()].map((one) => one.child.pid));
    return child;
  }

  async #firstReady(daemon: Daemon, child: Child, signal: AbortSignal): Promise<void> {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(READY_MS)]);
    const ended = await this.#becomesReady(daemon, child, deadline);
    if (ended === null) return;
    signal.throwIfAborted();
    const words = await lastWords(daemon.log);
    const message = `${daemon.name} ${ended} (${words}); see ${daemon.log}`;
    throw localnetError("DAEMON_FAILED", message, { name: daemon.name });
  }

  /** Null when it is ready; else why it is not. */
  async #becomesReady(daemon: Daemon, child: Child, signal: AbortSignal): Promise<string | null> {
    while (!signal.aborted && !child.hasEnded) {
      if (await daemon.isReady(signal).catch(() => false)) {
        this.#note(daemon.name, { isReady: true });
        return null;
      }
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
    return child.hasEnded ? child.ended : `was not ready within ${READY_MS / 1000} s`;
  }

  /** For as long as we run: waits for the end of a daemon, and starts it again. */
  async #keep(daemon: Daemon, first: Child): Promise<void> {
    const { signal } = this.#stopping;
    let child = first;
    for (let restarts = 1, failures = 0; ; restarts += 1) {
      await child.ended;
      this.#note(daemon.name, { isReady: false });
      if (signal.aborted || this.#gone.has(daemon.name)) return;
      const pauseMs = PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)];
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      child = await this.#launch(daemon, restarts);
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(READY_MS)]);
      failures = (await this.#becomesReady(daemon, child, deadline)) === null ? 0 : failures + 1;
    }
  }

  #note(name: string, change: Partial<DaemonStatus>): void {
    const entry = this.#running.get(name);
    if (entry !== undefined) entry.status = { ...entry.status, ...change };
  }
}
