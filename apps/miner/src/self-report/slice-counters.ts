/** Answers to one validator's tasks of one workload within a slice. */
export interface SliceCount {
  readonly workload: string;
  readonly validator: string;
  readonly count: number;
  readonly seconds: number;
}

/** Slices that are remembered: the one before the last may still be waiting for the chain. */
const KEPT = 3;

/** Counts answers by the slice of the clock in which they were given. In memory: a restart begins anew. */
export class SliceCounters {
  readonly #lengthMs: number;
  readonly #now: () => number;
  readonly #slices = new Map<number, Map<string, SliceCount>>();
  /** When counting began. */
  readonly sinceMs: number;

  constructor(lengthMs: number, now: () => number) {
    this.#lengthMs = lengthMs;
    this.#now = now;
    this.sinceMs = now();
  }

  /** Counts an answer that was given now. */
  answered(workload: string, validator: string, seconds: number): void {
    const slice = Math.floor(this.#now() / this.#lengthMs);
    const counts = this.#slices.get(slice) ?? new Map<string, SliceCount>();
    const key = `${workload} ${validator}`;
    const known = counts.get(key) ?? { workload, validator, count: 0, seconds: 0 };
    counts.set(key, { ...known, count: known.count + 1, seconds: known.seconds + seconds });
    this.#slices.set(slice, counts);
    for (const old of this.#slices.keys()) if (old <= slice - KEPT) this.#slices.delete(old);
  }

  /** What was counted in the slice that ended at `endMs`. */
  of(endMs: number): readonly SliceCount[] {
    const counts = this.#slices.get(endMs / this.#lengthMs - 1);
    return [...(counts?.values() ?? [])];
  }
}
