import type { Node } from "./node.ts";

export type BlockMode = "interval" | "instant" | "manual";

/** Blocks made in one go before other work gets a turn, milliseconds. */
const TURN_MS = 20;

/**
 * Decides when blocks are made: in even intervals, after every submission, or only when asked.
 * Nothing happens before `start`.
 */
export class Producer {
  readonly #node: Node;
  readonly #mode: BlockMode;
  readonly #intervalMs: number;
  readonly #onFailure: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #paused = false;
  #closed = false;

  constructor(options: {
    readonly node: Node;
    readonly mode: BlockMode;
    readonly intervalMs: number;
    /** Hears that a block could not be made; nobody waits for an interval's block. */
    readonly onFailure: (error: unknown) => void;
  }) {
    this.#node = options.node;
    this.#mode = options.mode;
    this.#intervalMs = options.intervalMs;
    this.#onFailure = options.onFailure;
  }

  start(): void {
    if (this.#mode === "interval") this.#waitUntil(performance.now() + this.#intervalMs);
  }

  /** There is something to put into a block. */
  submitted(): void {
    if (this.#mode === "instant" && !this.#paused) this.#node.produce();
  }

  /**
   * Makes blocks now, whatever the mode, with their usual time between them. Other work gets its
   * turn in between.
   */
  async newBlocks(count: number): Promise<void> {
    let turn = performance.now();
    for (let made = 0; made < count && !this.#closed; made += 1) {
      if (this.#mode === "interval") this.#node.skipTime(this.#intervalMs);
      this.#node.produce();
      if (performance.now() - turn < TURN_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      turn = performance.now();
    }
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    if (this.#node.pool.readyCount > 0) this.submitted();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** A block that comes late makes the next one skip: catching up would only be later still. */
  #waitUntil(dueMs: number): void {
    this.#timer = setTimeout(
      () => {
        this.#produceOnTime();
        const late = Math.max(0, performance.now() - dueMs);
        const missed = Math.floor(late / this.#intervalMs);
        if (!this.#closed) this.#waitUntil(dueMs + (missed + 1) * this.#intervalMs);
      },
      Math.max(0, dueMs - performance.now()),
    );
  }

  #produceOnTime(): void {
    if (this.#paused) return;
    try {
      this.#node.produce();
    } catch (error) {
      this.#onFailure(error);
    }
  }
}
