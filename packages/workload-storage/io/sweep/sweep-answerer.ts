import type { Entries, Entry } from "@neurond/workload-storage";
import {
  addSweepSums,
  coefficientKey,
  encodeSweepAnswer,
  numberRows,
  rowsOf,
  type Swept,
} from "@neurond/workload-storage/sweep";
import { StreamedSums } from "./streamed-sums.ts";
import type { ShardFilesToSum, SumJob, SumResult } from "./sum-shards.ts";
import { Thread } from "./threads.ts";

/** Where a shard and its tags of the asked period lie; null when it must be conceded. */
export type FindShard = (
  swept: Swept,
) => Pick<ShardFilesToSum, "shardPath" | "tagsPath" | "tagsFrom"> | null;

/** What a challenge of mode `sweep` asks of this miner. */
export interface SweepQuestion {
  readonly seed: Uint8Array;
  /** Ascending indices into `entries`; see `sweepList`. */
  readonly list: readonly number[];
  readonly entries: Entries;
  readonly find: FindShard;
  /** Hears which shards were there and could not be read. */
  readonly onUnreadable?: (entry: Entry) => void;
}

export interface SweepAnswererOptions {
  /**
   * Reads a shard that is no file, by what stands in place of its path. Such shards are summed in this
   * process: what brings them is slower than the sums by far.
   */
  readonly read?: (shardPath: string) => AsyncIterable<Uint8Array>;
  /**
   * Threads that read and sum: 1 on a disk that seeks, 4 to 8 on flash, not more than cores. 2 unless
   * given. Each takes 8 MiB.
   */
  readonly concurrency?: number;
}

/** What sums the shards of one share. */
interface Summer extends AsyncDisposable {
  run(job: SumJob): Promise<SumResult>;
}

/** Answers sweeps from disk, one at a time: shards are shared out among threads by their rows. */
export class SweepAnswerer implements AsyncDisposable {
  readonly #threads: readonly Summer[];
  #last: Promise<unknown> = Promise.resolve();

  constructor({ concurrency = 2, read }: SweepAnswererOptions = {}) {
    this.#threads = Array.from({ length: concurrency }, () =>
      read === undefined ? new Thread<SumJob, SumResult>("sum-worker") : new StreamedSums(read),
    );
  }

  /**
   * The answer. A shard that cannot be read is conceded, and everything is summed again: coefficients
   * depend on what is absent.
   */
  answer(question: SweepQuestion, signal: AbortSignal): Promise<Uint8Array> {
    const mine = this.#last.then(() => this.#answer(question, signal));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread[Symbol.asyncDispose]()));
  }

  async #answer(question: SweepQuestion, signal: AbortSignal): Promise<Uint8Array> {
    const { seed, list, entries, find } = question;
    const numbered = numberRows(list, entries);
    const found = numbered.flatMap((swept) => {
      const files = find(swept);
      const { index, entry, firstRow } = swept;
      return files === null ? [] : [{ ...files, index, firstRow, size: entry.size }];
    });
    let readable: readonly ShardFilesToSum[] = found;
    for (;;) {
      signal.throwIfAborted();
      const present = new Set(readable.map(({ index }) => index));
      const absent = list.filter((index) => !present.has(index));
      const results = await this.#sum(coefficientKey(seed, absent), readable, signal);
      const bad = results.flatMap((each) => ("unreadable" in each ? [each.unreadable] : []));
      if (bad.length === 0) {
        const parts = results.flatMap((each) => ("sums" in each ? [each.sums] : []));
        return encodeSweepAnswer({ absent, sums: addSweepSums(parts) });
      }
      for (const index of bad) {
        const entry = entries.at(index);
        if (entry !== undefined) question.onUnreadable?.(entry);
      }
      readable = readable.filter(({ index }) => !bad.includes(index));
    }
  }

  async #sum(
    key: Uint8Array,
    shards: readonly ShardFilesToSum[],
    signal: AbortSignal,
  ): Promise<readonly SumResult[]> {
    const jobs = shareOut(shards, this.#threads.length);
    const running = this.#threads.map((thread, at) =>
      thread.run({ coefficientKey: key, shards: jobs[at] ?? [] }),
    );
    // Threads finish what they read whatever the signal says; the next question waits for them all.
    await Promise.allSettled(running);
    signal.throwIfAborted();
    return Promise.all(running);
  }
}

/** Runs of shards with about as many rows each. Sums are linear, so any division gives one answer. */
export function shareOut(
  shards: readonly ShardFilesToSum[],
  parts: number,
): readonly (readonly ShardFilesToSum[])[] {
  const total = shards.reduce((sum, { size }) => sum + rowsOf(size), 0);
  const shared: ShardFilesToSum[][] = Array.from({ length: parts }, () => []);
  let before = 0;
  for (const shard of shards) {
    const middle = before + rowsOf(shard.size) / 2;
    shared[Math.min(parts - 1, Math.floor((middle * parts) / total))]?.push(shard);
    before += rowsOf(shard.size);
  }
  return shared;
}
