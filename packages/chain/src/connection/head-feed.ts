import type { Hex } from "@neurond/primitives";
import { abortable } from "../deadline.ts";
import type { Head, NewHead } from "../head.ts";

/**
 * The newest block, whoever reported it, and its readers. Holds one head only: a reader which is
 * late sees the newest and skips what was between.
 */
export class HeadFeed {
  #best: Head | undefined;
  #seenAt = performance.now();
  #fallbacks = 0;
  #sequence = 0;
  #newest: NewHead | undefined;
  #next = Promise.withResolvers<void>();

  get best(): Head | undefined {
    return this.#best;
  }
  get ageMs(): number {
    return performance.now() - this.#seenAt;
  }
  /** How long ago a block arrived, if its arrival was seen: the first one was there before us. */
  ageOf(hash: Hex): number | undefined {
    return this.#best?.hash === hash && this.#sequence > 1 ? this.ageMs : undefined;
  }
  get fallbacks(): number {
    return this.#fallbacks;
  }

  push(head: Head): void {
    const previous = this.#best;
    if (previous?.hash === head.hash) return;
    const fellBack = previous !== undefined && head.number < previous.number;
    if (fellBack) this.#fallbacks += 1;
    this.#best = head;
    this.#seenAt = performance.now();
    this.#newest = fellBack ? { ...head, fellBackFrom: previous.number } : head;
    this.#sequence += 1;
    this.#next.resolve();
    this.#next = Promise.withResolvers<void>();
  }

  /** Heads from the present one on, until the signal fires. */
  async *follow(signal: AbortSignal): AsyncGenerator<NewHead> {
    let seen = -1;
    for (;;) {
      signal.throwIfAborted();
      if (this.#newest !== undefined && this.#sequence !== seen) {
        seen = this.#sequence;
        yield this.#newest;
      } else {
        await abortable(this.#next.promise, signal);
      }
    }
  }
}
