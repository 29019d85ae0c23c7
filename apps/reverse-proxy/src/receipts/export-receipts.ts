import type { Hex } from "@neurond/primitives";
import type { Checkpoint, ExportHeader } from "@neurond/receipts";
import type { ReceiptLedger } from "./receipt-ledger.ts";

/** A range of times, Unix milliseconds, both ends in it. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Every receipt of requests that ended in a range, as lines without their ends. One head and a few
 * hashes prove all of them and that none is left out between the first and the last. Null before the
 * first head is signed.
 */
export async function exportReceipts(
  ledger: ReceiptLedger,
  { fromMs, toMs }: TimeRange,
): Promise<AsyncGenerator<string> | null> {
  const bounds = await findBounds(ledger, fromMs, toMs);
  if (bounds === null) return null;
  const { first, checkpoint } = bounds;
  const header: ExportHeader = {
    kind: "neurond/receipts-export/v1",
    checkpoint,
    first,
    peaks: [...(await ledger.peaks(first))] satisfies Hex[],
    from_ms: fromMs,
    to_ms: toMs,
  };
  return lines(ledger, header);
}

async function* lines(ledger: ReceiptLedger, header: ExportHeader): AsyncGenerator<string> {
  yield JSON.stringify(header);
  yield* ledger.texts(header.first, header.checkpoint.size);
}

/**
 * From the last head before the range to the first one after it. A head of a segment that filled up
 * has the time of the head before, and may cover later requests: a range cannot begin at it.
 */
async function findBounds(ledger: ReceiptLedger, fromMs: number, toMs: number) {
  let before = ledger.firstKept;
  let last: Checkpoint | null = ledger.latest;
  let previousMs = Number.POSITIVE_INFINITY;
  for await (const checkpoint of ledger.checkpoints(fromMs)) {
    const { size, time_ms: timeMs } = checkpoint;
    if (timeMs < fromMs && timeMs > previousMs) before = Math.max(before, size);
    previousMs = timeMs;
    if (timeMs < toMs) continue;
    last = checkpoint;
    break;
  }
  return last === null ? null : { first: Math.min(before, last.size), checkpoint: last };
}
