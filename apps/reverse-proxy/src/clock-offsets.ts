const KEPT = 101;

/** The median of how far the clocks of proven callers were from ours: one of them may be wrong, not most. */
export class ClockOffsets {
  readonly #latest: number[] = [];
  #next = 0;

  add(offsetMs: number): void {
    this.#latest[this.#next] = offsetMs;
    this.#next = (this.#next + 1) % KEPT;
  }

  /** Milliseconds that callers are ahead of us, usually; 0 before the first. */
  median(): number {
    const sorted = [...this.#latest].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }
}
