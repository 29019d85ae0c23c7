/** Whose turn it is among those that wait, higher first, by how long it has waited in ms. */
export type Priority = (waitedMs: number) => bigint;

interface Waiting {
  readonly give: () => void;
  readonly priority: Priority;
  readonly since: number;
}

const WAITING_PER_LANE = 8;

/** How many, and what the others are told. */
export interface LaneOptions {
  readonly width: number;
  /** Eight for each lane unless given. */
  readonly maxWaiting?: number;
  /** Of whoever comes when as many wait, or stops waiting. */
  readonly busy: () => Error;
}

/**
 * Bounds what goes on at once, on one disk or through one process. Whoever comes when all lanes are taken, and as many wait,
 * is refused at once: a queue without end only turns a slow disk into missed deadlines. Of those that
 * wait the highest priority goes first, and among equals who came first.
 */
export class Lanes {
  readonly #width: number;
  readonly #maxWaiting: number;
  readonly #busy: () => Error;
  readonly #waiting: Waiting[] = [];
  #taken = 0;

  constructor({ width, maxWaiting = width * WAITING_PER_LANE, busy }: LaneOptions) {
    this.#width = width;
    this.#maxWaiting = maxWaiting;
    this.#busy = busy;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Does the work in a lane. @throws that it is busy, also when the signal ends the wait for one */
  async run<Result>(
    signal: AbortSignal,
    work: () => Promise<Result>,
    priority: Priority = () => 0n,
  ): Promise<Result> {
    await this.#take(signal, priority);
    try {
      return await work();
    } finally {
      const next = this.#next();
      if (next === undefined) this.#taken -= 1;
      else next.give();
    }
  }

  /** Takes out of the queue whose turn it is. */
  #next(): Waiting | undefined {
    const now = performance.now();
    let first: { readonly at: number; readonly priority: bigint } | undefined;
    for (const [at, { priority, since }] of this.#waiting.entries()) {
      const own = priority(now - since);
      if (first === undefined || own > first.priority) first = { at, priority: own };
    }
    return first && this.#waiting.splice(first.at, 1)[0];
  }

  async #take(signal: AbortSignal, priority: Priority): Promise<void> {
    signal.throwIfAborted();
    if (this.#taken < this.#width) {
      this.#taken += 1;
      return;
    }
    if (this.#waiting.length >= this.#maxWaiting) throw this.#busy();
    const turn = Promise.withResolvers<void>();
    const waiting = { give: turn.resolve, priority, since: performance.now() };
    this.#waiting.push(waiting);
    const leave = () => {
      const place = this.#waiting.indexOf(waiting);
      if (place < 0) return;
      this.#waiting.splice(place, 1);
      turn.reject(this.#busy());
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      await turn.promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }
}
