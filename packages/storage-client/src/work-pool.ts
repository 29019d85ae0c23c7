import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { CodedError } from "@neurond/primitives";
import { type Job, type Results, work } from "./shard-work.ts";

/** Who does the sums. */
export interface ShardWorkers extends AsyncDisposable {
  /** Does a job; buffers in it are in shared memory when there is more than one thread. */
  run<Kind extends Job["kind"]>(job: Extract<Job, { kind: Kind }>): Promise<Results[Kind]>;
}

interface Answer {
  readonly result?: Results[Job["kind"]];
  readonly failure?: { readonly code?: string; readonly message: string };
}

interface Waiting {
  readonly job: Job;
  readonly resolve: (result: Results[Job["kind"]]) => void;
  readonly reject: (error: Error) => void;
}

/** The calling thread itself: for what is done before a thread would have started. */
export const INLINE: ShardWorkers = {
  // What `work` gives for a kind is `Results` of that kind, which its signature cannot say.
  run: async (job) => work(job) as Results[typeof job.kind],
  [Symbol.asyncDispose]: async () => undefined,
};

/** Threads that hash, seal and code shards in shared memory. */
export class WorkPool implements ShardWorkers {
  readonly #idle: Worker[];
  readonly #workers: readonly Worker[];
  readonly #queue: Waiting[] = [];
  readonly #running = new Map<Worker, Waiting>();
  #closed = false;

  constructor(threads: number) {
    this.#workers = Array.from({ length: threads }, () => this.#start());
    this.#idle = [...this.#workers];
  }

  get threads(): number {
    return this.#workers.length;
  }

  /** Whether it has nothing to do, and could have. */
  get isIdle(): boolean {
    return !this.#closed && this.#queue.length + this.#running.size === 0;
  }

  run<Kind extends Job["kind"]>(job: Extract<Job, { kind: Kind }>): Promise<Results[Kind]> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(stopped());
      this.#queue.push({ job, resolve: (result) => resolve(result as Results[Kind]), reject });
      this.#dispatch();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#fail(stopped());
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(): Worker {
    const extension = extname(import.meta.url);
    const worker = new Worker(new URL(`./shard-worker${extension}`, import.meta.url), {
      // Run from source, a thread resolves our packages to their sources too.
      ...(extension === ".ts" && { execArgv: ["--conditions=neurond:source"] }),
      // A small heap is cleaned often, and with it the buffers outside that ciphers leave behind.
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 24 },
    });
    worker.unref();
    worker.on("message", (answer: Answer) => this.#settle(worker, answer));
    worker.on("error", (error: Error) => this.#fail(error));
    return worker;
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      const [worker, waiting] = [this.#idle.pop(), this.#queue.shift()];
      if (worker === undefined || waiting === undefined) return;
      this.#running.set(worker, waiting);
      worker.ref();
      worker.postMessage(waiting.job);
    }
  }

  #settle(worker: Worker, { result, failure }: Answer): void {
    const waiting = this.#running.get(worker);
    this.#running.delete(worker);
    this.#idle.push(worker);
    worker.unref();
    if (failure !== undefined) {
      waiting?.reject(new CodedError(failure.code ?? "WORKER_FAILED", failure.message));
    } else if (result !== undefined) waiting?.resolve(result);
    this.#dispatch();
  }

  /** A thread that ends takes the pool with it: its buffers may be half written. */
  #fail(error: Error): void {
    this.#closed = true;
    for (const { reject } of [...this.#queue.splice(0), ...this.#running.values()]) reject(error);
    this.#running.clear();
  }
}

/** The error of work that is given to threads which are stopped. */
export const stopped = () => new DOMException("the threads were stopped", "AbortError");
