import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { ComputedTree } from "@neurond/ingest";
import { computeTree } from "./compute-tree.ts";

/** From here on a thread of its own costs less than what it spares the main one. */
const THREAD_BYTES = 4 << 20;

/**
 * Computes trees one after the other, as each holds the hashes of an hour: of short files at once, of longer
 * ones on another thread, so that neither downloads nor answers wait for half a million hashes.
 */
export class TreeReader {
  #last: Promise<unknown> = Promise.resolve();

  /** Null: more rows than are held. @throws what reading the file throws */
  read(file: string, signal: AbortSignal): Promise<ComputedTree | null> {
    const turn = this.#last.then(async () => {
      const { size } = await stat(file);
      return size < THREAD_BYTES ? await computeTree(file) : await onThread(file, signal);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

async function onThread(file: string, signal: AbortSignal): Promise<ComputedTree | null> {
  signal.throwIfAborted();
  const code = new URL(`./tree-worker${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(code, { workerData: file });
  const { promise, resolve, reject } = Promise.withResolvers<ComputedTree | null>();
  const give = () => reject(signal.reason);
  worker.once("message", resolve);
  worker.once("error", reject);
  worker.once("exit", () => reject(new Error(`the thread for ${file} ended without an answer`)));
  signal.addEventListener("abort", give, { once: true });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", give);
    await worker.terminate();
  }
}
