/** A share of a segment's shards after which the others are measured by them. */
const MOST = 0.75;
/** A shard is late when it takes so many times as long as the median of those that came. */
const TIMES = 3;

/** How a shard is coming in. */
export interface Coming {
  startedMs: number;
  /** Infinity while nobody waits for the next. */
  lastByteMs: number;
}

/** Tells which shards of a segment are late: those that fell silent, and those far behind the others. */
export class Pace {
  readonly #hedgeMs: number;
  readonly #due: number;
  readonly #tookMs: number[] = [];

  /** `hedgeMs` of silence is too long, and no shard is far behind before; `due` shards are wanted. */
  constructor(hedgeMs: number, due: number) {
    this.#hedgeMs = hedgeMs;
    this.#due = due;
  }

  came({ startedMs }: Coming, now: number): void {
    this.#tookMs.push(now - startedMs);
  }

  isLate({ startedMs, lastByteMs }: Coming, now: number): boolean {
    if (lastByteMs === Number.POSITIVE_INFINITY) return false;
    if (now - lastByteMs > this.#hedgeMs) return true;
    if (this.#tookMs.length < Math.ceil(this.#due * MOST)) return false;
    const sorted = this.#tookMs.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    return now - startedMs > Math.max(this.#hedgeMs, TIMES * median);
  }
}
