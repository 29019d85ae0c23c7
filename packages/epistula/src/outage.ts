import { isCoded } from "@neurond/primitives";

/** How an outage of a shared store is noticed, and by whom. */
export interface OutageOptions {
  /** Milliseconds between two attempts to reach the store again. */
  readonly retryMs?: number;
  /** Hears once when the store fails, with the reason, and once when it answers again. */
  readonly onDegraded: (degraded: boolean, cause?: unknown) => void;
}

/**
 * Whether a shared store is out. While it is, callers do without it, so that nobody waits for its
 * deadline; one of them each `retryMs` asks it again.
 */
export class Outage {
  readonly #retryMs: number;
  readonly #onDegraded: OutageOptions["onDegraded"];
  /** When to ask again; undefined while the store answers. */
  #askAt: number | undefined;

  constructor({ retryMs = 1_000, onDegraded }: OutageOptions) {
    this.#retryMs = retryMs;
    this.#onDegraded = onDegraded;
  }

  /** Whether to do without the store at `now`, in milliseconds of any steady clock. */
  avoids(now: number): boolean {
    if (this.#askAt === undefined) return false;
    if (now < this.#askAt) return true;
    this.#askAt = now + this.#retryMs;
    return false;
  }

  /** Tells of a call that was rejected; anything but a coded error is a bug, and thrown on. */
  failed(cause: unknown, now: number): void {
    if (!isCoded(cause)) throw cause;
    const isNew = this.#askAt === undefined;
    this.#askAt = now + this.#retryMs;
    if (isNew) this.#onDegraded(true, cause);
  }

  /** Tells of a call that was answered. */
  answered(): void {
    if (this.#askAt === undefined) return;
    this.#askAt = undefined;
    this.#onDegraded(false);
  }
}
