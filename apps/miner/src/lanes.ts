import { CodedError } from "@neurond/primitives";
import type { MinerCode } from "./errors.ts";

/**
 * Bounds what goes on at once on one disk. Whoever comes when all lanes are taken, and as many wait,
 * is refused at once: a queue without end only turns a slow disk into missed deadlines.
 */
export class Lanes {
  readonly #width: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor({ width, maxWaiting }: { readonly width: number; readonly maxWaiting: number }) {
    this.#width = width;
    this.#maxWaiting = maxWaiting;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Does the work in a lane. @throws CodedError BUSY, also when the signal ends the wait for one */
  async run<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    await this.#take(signal);
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#taken -= 1;
      else next();
    }
  }

  async #take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#taken < this.#width) {
      this.#taken += 1;
      return;
    }
    if (this.#waiting.length >= this.#maxWaiting) throw busy();
    const turn = Promise.withResolvers<void>();
    this.#waiting.push(turn.resolve);
    const leave = () => {
      const place = this.#waiting.indexOf(turn.resolve);
      if (place < 0) return;
      this.#waiting.splice(place, 1);
      turn.reject(busy());
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      await turn.promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }
}

function busy(): CodedError<MinerCode> {
  return new CodedError("BUSY", "the disk is busy; try again in a second");
}
