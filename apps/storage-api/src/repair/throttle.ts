import { setTimeout as sleep } from "node:timers/promises";

const LONGEST_MS = 1_000;

/** Lets so many bytes a second by, whoever asks; bursts of a second are let by at once. */
export class Throttle {
  readonly #bytesPerMs: number;
  #freeAt = 0;

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1000;
  }

  /** Waits until these bytes may go. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    const now = performance.now();
    this.#freeAt = Math.max(this.#freeAt, now - LONGEST_MS) + bytes / this.#bytesPerMs;
    const waitMs = this.#freeAt - now;
    if (waitMs > 0) await sleep(waitMs, undefined, { signal });
  }

  /** The same bytes, no faster. */
  async *pass(
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      await this.take(piece.length, signal);
      yield piece;
    }
  }
}
