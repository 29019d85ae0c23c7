import type { SuiteId } from "@neurond/crypto";
import { CodedError } from "@neurond/primitives";
import type { StorageCode } from "@neurond/workload-storage";
import { type CommittedVector, isSectorCount } from "@neurond/workload-storage/opening";
import { Thread } from "../sweep/threads.ts";

/** A whole sealed shard, transferred. */
export interface CommitJob {
  readonly suite: SuiteId;
  readonly sectors: number;
  readonly sealed: ArrayBuffer;
}

export type CommitResult = CommittedVector;

/**
 * Commits to blocks of shards in a thread of its own, one shard after the other: a megabyte takes
 * seconds. The thread begins with the first shard.
 */
export class VectorThread implements AsyncDisposable {
  #thread: Thread<CommitJob, CommitResult> | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #isOver = false;

  /**
   * The commitments to a shard's blocks, and their root; none of them hides.
   * @throws CodedError PLAN_INVALID unless blocks can have so many sectors
   */
  commit(
    sealed: Uint8Array,
    plan: Pick<CommitJob, "suite" | "sectors">,
    signal: AbortSignal,
  ): Promise<CommittedVector> {
    const turn = this.#last.then(() => this.#commit(sealed, plan, signal));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #commit(
    sealed: Uint8Array,
    { suite, sectors }: Pick<CommitJob, "suite" | "sectors">,
    signal: AbortSignal,
  ): Promise<CommittedVector> {
    signal.throwIfAborted();
    if (this.#isOver) throw new DOMException("the thread ended", "AbortError");
    if (!isSectorCount(sectors)) {
      const message = `a block of ${sectors} sectors: take a power of two from 4 to 1024`;
      throw new CodedError<StorageCode>("PLAN_INVALID", message);
    }
    const thread = this.#thread ?? new Thread<CommitJob, CommitResult>("../opening/commit-worker");
    this.#thread = thread;
    const copy = Uint8Array.from(sealed);
    try {
      return await thread.run({ suite, sectors, sealed: copy.buffer }, [copy.buffer]);
    } catch (error) {
      // A thread that died does nothing more.
      this.#thread = null;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#thread?.[Symbol.asyncDispose]();
  }
}
