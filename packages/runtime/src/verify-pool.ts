import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { CodedError } from "@neurond/primitives";
import type { RuntimeCode } from "./errors.ts";

export interface VerifyRequest {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  /** Goes before those who are not, in a queue of its own: of who has proven itself before. */
  readonly ahead?: boolean;
}

interface Job extends VerifyRequest {
  readonly resolve: (valid: boolean) => void;
  readonly reject: (error: Error) => void;
}

interface Lane {
  readonly worker: Worker;
  batch: readonly Job[];
}

export interface VerifyPoolOptions {
  readonly workers?: number;
  /** Checks that may wait, in either queue; beyond it callers are refused at once instead of made to wait. */
  readonly maxQueued?: number;
  /** Checks per message to a worker. */
  readonly batch?: number;
}

/**
 * Checks sr25519 signatures off the main thread. Queues are bounded: a flood of bad signatures is
 * answered with VERIFY_POOL_BUSY, not with a growing delay, and whoever is let ahead does not see it.
 */
export class VerifyPool implements AsyncDisposable {
  readonly #lanes: Lane[];
  readonly #ahead: Job[] = [];
  readonly #others: Job[] = [];
  readonly #maxQueued: number;
  readonly #batch: number;
  #closed = false;

  constructor({ workers = 2, maxQueued = 1_024, batch = 16 }: VerifyPoolOptions = {}) {
    this.#maxQueued = maxQueued;
    this.#batch = batch;
    this.#lanes = Array.from({ length: workers }, () => this.#lane());
  }

  /** @throws CodedError VERIFY_POOL_BUSY, VERIFY_POOL_CLOSED */
  verify(request: VerifyRequest): Promise<boolean> {
    if (this.#closed) return Promise.reject(closed());
    const queue = request.ahead === true ? this.#ahead : this.#others;
    if (queue.length >= this.#maxQueued)
      return Promise.reject(
        new CodedError<RuntimeCode>(
          "VERIFY_POOL_BUSY",
          `${this.#maxQueued} signatures wait to be checked; try again later`,
        ),
      );
    return new Promise((resolve, reject) => {
      queue.push({ ...request, resolve, reject });
      // A turn later, so that requests of one turn share a message.
      setImmediate(() => this.#dispatch());
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const job of this.#next(Number.POSITIVE_INFINITY)) job.reject(closed());
    await Promise.all(this.#lanes.map(({ worker }) => worker.terminate()));
  }

  #dispatch(): void {
    for (const lane of this.#lanes) {
      if (this.#ahead.length + this.#others.length === 0) return;
      if (lane.batch.length > 0) continue;
      lane.batch = this.#next(this.#batch);
      lane.worker.postMessage(
        lane.batch.map(({ publicKey, message, signature }) => ({
          publicKey,
          message,
          signature,
        })),
      );
    }
  }

  #next(most: number): readonly Job[] {
    const first = this.#ahead.splice(0, most);
    return first.length < most ? [...first, ...this.#others.splice(0, most - first.length)] : first;
  }

  #lane(): Lane {
    const file = new URL(`./verify-worker${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(file);
    worker.unref();
    const lane: Lane = { worker, batch: [] };
    worker.on("message", (verdicts: readonly boolean[]) => {
      const done = lane.batch;
      lane.batch = [];
      done.forEach((job, i) => {
        job.resolve(verdicts[i] === true);
      });
      this.#dispatch();
    });
    worker.on("error", (cause) => {
      const failed = lane.batch;
      lane.batch = [];
      for (const job of failed) job.reject(cause);
      const index = this.#lanes.indexOf(lane);
      if (!this.#closed && index >= 0) this.#lanes[index] = this.#lane();
    });
    return lane;
  }
}

const closed = () =>
  new CodedError<RuntimeCode>("VERIFY_POOL_CLOSED", "the service is stopping; try another one");
