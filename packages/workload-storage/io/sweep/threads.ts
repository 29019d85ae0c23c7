import { extname } from "node:path";
import { Worker } from "node:worker_threads";

interface Waiting<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/** One thread that does a job at a time and answers each with one message. */
export class Thread<Job, Result> implements AsyncDisposable {
  readonly #worker: Worker;
  #waiting: Waiting<Result> | null = null;
  #failure: Error | null = null;

  /** `name` is a file beside this one, without extension. */
  constructor(name: string) {
    const extension = extname(import.meta.url);
    this.#worker = new Worker(new URL(`./${name}${extension}`, import.meta.url), {
      // Run from source, a thread resolves our packages to their sources too.
      ...(extension === ".ts" && { execArgv: ["--conditions=neurond:source"] }),
    });
    this.#worker.unref();
    this.#worker.on("message", (result: Result) => {
      const waiting = this.#waiting;
      this.#waiting = null;
      this.#worker.unref();
      waiting?.resolve(result);
    });
    this.#worker.on("error", (error: Error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new DOMException("the thread ended", "AbortError")));
  }

  get isBusy(): boolean {
    return this.#waiting !== null;
  }

  /** Does a job; only when not busy. */
  run(job: Job, transfer: readonly ArrayBuffer[] = []): Promise<Result> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#worker.ref();
      this.#worker.postMessage(job, [...transfer]);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}
