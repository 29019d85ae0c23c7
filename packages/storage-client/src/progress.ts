/** How far a transfer is. */
export interface Progress {
  readonly bytes: number;
  /** Null when the end of a stream is not known yet. */
  readonly totalBytes: number | null;
  /** Lately, not since the beginning. */
  readonly bytesPerSecond: number;
  /** Null while nothing can be said. */
  readonly etaSeconds: number | null;
}

/** Milliseconds that "lately" reaches back to. */
const WINDOW_MS = 5_000;

/** Counts what has gone over the wire; bytes of an attempt that failed are taken back. */
export class Meter {
  readonly #now: () => number;
  readonly #told: ((progress: Progress) => void) | undefined;
  readonly #marks: { readonly at: number; readonly bytes: number }[];
  #bytes = 0;
  totalBytes: number | null = null;

  constructor(told?: (progress: Progress) => void, now: () => number = () => performance.now()) {
    this.#told = told;
    this.#now = now;
    this.#marks = [{ at: now(), bytes: 0 }];
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    this.#told?.(this.progress());
  }

  progress(): Progress {
    const at = this.#now();
    const newest = this.#marks.at(-1);
    if (newest === undefined || at - newest.at > WINDOW_MS / 10) {
      this.#marks.push({ at, bytes: this.#bytes });
    }
    while (this.#marks.length > 2 && at - (this.#marks[0]?.at ?? at) > WINDOW_MS) {
      this.#marks.shift();
    }
    const oldest = this.#marks[0] ?? { at, bytes: 0 };
    const seconds = (at - oldest.at) / 1000;
    const bytesPerSecond = seconds > 0 ? Math.max(0, (this.#bytes - oldest.bytes) / seconds) : 0;
    const { totalBytes } = this;
    const isKnown = totalBytes !== null && bytesPerSecond > 0;
    return {
      bytes: this.#bytes,
      totalBytes,
      bytesPerSecond,
      etaSeconds: isKnown ? Math.max(0, totalBytes - this.#bytes) / bytesPerSecond : null,
    };
  }
}
