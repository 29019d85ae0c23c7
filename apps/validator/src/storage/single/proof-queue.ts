/** Shards whose commitments and tokens are being made or handed over, beside what else goes on. */
const MAX_WAITING = 64;

/**
 * What is still done for a shard when its client has its answer. It is bounded, since making commitments
 * is slower than taking shards; what finds no room, or is cut off by a stop, is made up for later.
 */
export class ProofQueue implements AsyncDisposable {
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  get hasRoom(): boolean {
    return this.#running.size < MAX_WAITING && !this.#stop.signal.aborted;
  }

  /** Fires when nothing more is to be begun. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Begins something that fails for itself: `onFailure` hears of it. */
  add(work: () => Promise<void>, onFailure: (error: unknown) => void): void {
    const running: Promise<void> = work()
      .catch((error: unknown) => {
        if (!this.signal.aborted) onFailure(error);
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }
}
