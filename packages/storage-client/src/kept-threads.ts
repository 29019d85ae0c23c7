import type { Job, Results } from "./shard-work.ts";
import { KEEP_MS, LEFT as MEMORY } from "./slab.ts";
import { type ShardWorkers, stopped, WorkPool } from "./work-pool.ts";

/** Threads that a file has left, and that nobody uses. */
export class LeftThreads {
  readonly #keepMs: number;
  #pool: WorkPool | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(keepMs = KEEP_MS) {
    this.#keepMs = keepMs;
  }

  /** The pool that was left, if it has so many threads. */
  take(threads: number): WorkPool | null {
    const pool = this.#pool;
    if (pool?.threads !== threads) return null;
    clearTimeout(this.#timer);
    this.#pool = null;
    return pool;
  }

  /** Keeps a pool for a while; one that was left before, or has failed, or is at work, is stopped. */
  async leave(pool: WorkPool): Promise<void> {
    const ended = pool.isIdle ? this.take(this.#pool?.threads ?? 0) : pool;
    if (pool.isIdle) {
      this.#pool = pool;
      this.#timer = setTimeout(
        () => this.take(pool.threads)?.[Symbol.asyncDispose](),
        this.#keepMs,
      );
      this.#timer.unref();
    }
    await ended?.[Symbol.asyncDispose]();
  }
}

const LEFT = new LeftThreads();

/**
 * Threads for one file. Starting two takes as long as storing some 20 MB on them, so they are those
 * that the file before has left, when there are such.
 */
export class KeptThreads implements ShardWorkers {
  readonly #left: LeftThreads;
  #pool: WorkPool | null;

  constructor(threads: number, left = LEFT) {
    this.#left = left;
    this.#pool = left.take(threads) ?? new WorkPool(threads);
    MEMORY.hold();
  }

  run<Kind extends Job["kind"]>(job: Extract<Job, { kind: Kind }>): Promise<Results[Kind]> {
    return this.#pool === null ? Promise.reject(stopped()) : this.#pool.run(job);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const pool = this.#pool;
    this.#pool = null;
    if (pool === null) return;
    MEMORY.letGo();
    await this.#left.leave(pool);
  }
}
