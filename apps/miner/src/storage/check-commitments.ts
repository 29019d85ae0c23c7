import { CodedError } from "@neurond/primitives";
import type { Lanes } from "@neurond/runtime";
import { compareBytes, type Receipt, type StorageCode } from "@neurond/workload-storage";
import { type ShardStore, shardNameOf, type VectorThread } from "@neurond/workload-storage/io";

/** What checking commitments to a shard's blocks takes. */
export interface CheckDeps {
  readonly shards: Pick<ShardStore, "read">;
  readonly vectors: VectorThread;
  /** One shard is in memory at a time; the others wait, or come again. */
  readonly lane: Lanes;
  /** The largest shard whose commitments are made again here. */
  readonly maxBytes: number;
}

/**
 * Whether a receipt's commitments to blocks are those of the shard that is here. Over wrong ones no proof
 * would ever hold, so none are signed for that were not made again from the bytes.
 * @throws CodedError RECEIPT_INVALID; BUSY when many are being checked; SHARD_CORRUPT when the bytes cannot
 * be read
 */
export async function checkCommitments(
  { shards, vectors, lane, maxBytes }: CheckDeps,
  { shardId, size, vector }: Receipt,
  known: Receipt | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (vector === undefined || isSame(vector, known?.vector)) return;
  if (size > maxBytes) throw invalid(`commitments to ${size} bytes are not checked here`);
  const { root } = await lane.run(signal, async () => {
    const pieces: Uint8Array[] = [];
    for await (const piece of shards.read(shardNameOf(shardId))) {
      pieces.push(Uint8Array.from(piece));
    }
    return vectors.commit(Buffer.concat(pieces), vector, signal);
  });
  if (compareBytes(root, vector.root) !== 0) {
    throw invalid("its commitments are not those of the shard's blocks");
  }
}

function isSame(a: NonNullable<Receipt["vector"]>, b: Receipt["vector"]): boolean {
  return (
    b !== undefined &&
    a.suite === b.suite &&
    a.sectors === b.sectors &&
    compareBytes(a.root, b.root) === 0
  );
}

/** Commitments are made of bytes that are here: an upload brings none but those signed for before a loss. */
export function refuseEarlyCommitments({ vector }: Receipt, known: Receipt | undefined): void {
  if (vector === undefined || isSame(vector, known?.vector)) return;
  throw invalid("commitments to blocks come after the shard");
}

function invalid(reason: string): CodedError<StorageCode> {
  return new CodedError("RECEIPT_INVALID", `the receipt was not signed: ${reason}`);
}
