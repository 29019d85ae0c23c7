import { rowSum, valueSum } from "@neurond/workload-storage/sweep";
import { isLoss } from "../loss.ts";
import { type ShardBytes, type SumJob, type SumResult, sumShards } from "./sum-shards.ts";

/** Sums shards that come as streams, in this process. */
export class StreamedSums implements AsyncDisposable {
  readonly #read: (shardPath: string) => AsyncIterable<Uint8Array>;
  readonly #rows = rowSum();
  readonly #tags = valueSum();

  constructor(read: (shardPath: string) => AsyncIterable<Uint8Array>) {
    this.#read = read;
  }

  /** Rejects when shards cannot be reached: they are not lost, and conceding them would say so. */
  run(job: SumJob): Promise<SumResult> {
    return sumShards(job, this.#rows, this.#tags, {
      open: async ({ shardPath }) => inOrder(this.#read(shardPath)),
      concedes: isLoss,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Bytes of a stream for who reads them once, from the first to the last. */
function inOrder(stream: AsyncIterable<Uint8Array>): ShardBytes {
  const chunks = stream[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  return {
    async readWhole(into) {
      let filled = 0;
      while (filled < into.length) {
        if (rest.length === 0) {
          const { done, value } = await chunks.next();
          if (done === true) return false;
          rest = value;
        }
        const part = rest.subarray(0, into.length - filled);
        into.set(part, filled);
        filled += part.length;
        rest = rest.subarray(part.length);
      }
      return true;
    },
    async [Symbol.asyncDispose]() {
      await chunks.return?.();
    },
  };
}
