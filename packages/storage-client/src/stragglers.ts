/** Share of a segment's deliveries after which the rest are measured by them. */
const MOST = 0.75;
/** A delivery is late when it takes so many times as long as the median of those that are done. */
const TIMES = 3;
/** Never sooner than this: small shards take next to no time. */
const PATIENCE_MS = 5_000;

interface Running {
  readonly startedMs: number;
  readonly controller: AbortController;
  replacement: Promise<unknown> | null;
}

/** One delivery under watch. */
export interface Watch<Replacement> extends Disposable {
  /** Fires when the delivery is given up for a replacement. */
  readonly signal: AbortSignal;
  /** Says that it came to its end. */
  done(): void;
  /** What it was given up for; null when it was not. */
  replacement(): Promise<Replacement | null>;
}

/**
 * Finds the last few of many parallel deliveries that keep all others waiting. One is given up only
 * for a replacement that has been found.
 */
export class Stragglers<Replacement> {
  readonly #total: number;
  readonly #find: () => Promise<Replacement | null>;
  readonly #patienceMs: number;
  readonly #tookMs: number[] = [];

  constructor(
    total: number,
    find: () => Promise<Replacement | null>,
    patienceMs: number = PATIENCE_MS,
  ) {
    this.#total = total;
    this.#find = find;
    this.#patienceMs = patienceMs;
  }

  watch(signal: AbortSignal): Watch<Replacement> {
    const running: Running = {
      startedMs: performance.now(),
      controller: new AbortController(),
      replacement: null,
    };
    let found: Replacement | null = null;
    const timer = setInterval(() => {
      if (running.replacement !== null || !this.#isLate(running)) return;
      running.replacement = this.#find().then((replacement) => {
        found = replacement;
        if (replacement !== null)
          running.controller.abort(new DOMException("too slow", "TimeoutError"));
      });
      running.replacement.catch(() => undefined);
    }, this.#patienceMs / 10);
    timer.unref();
    return {
      signal: AbortSignal.any([signal, running.controller.signal]),
      done: () => {
        this.#tookMs.push(performance.now() - running.startedMs);
        clearInterval(timer);
      },
      replacement: async () => {
        clearInterval(timer);
        await running.replacement;
        return found;
      },
      [Symbol.dispose]: () => clearInterval(timer),
    };
  }

  #isLate({ startedMs }: Running): boolean {
    if (this.#tookMs.length < Math.ceil(this.#total * MOST)) return false;
    const sorted = this.#tookMs.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    return performance.now() - startedMs > Math.max(this.#patienceMs, TIMES * median);
  }
}
