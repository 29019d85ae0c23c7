import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { isAbort, isCoded } from "@neurond/primitives";
import type { Receipt } from "@neurond/receipts";
import type { Logger } from "@neurond/runtime";
import type { Served } from "../served.ts";
import type { ReceiptMetrics } from "./metrics.ts";
import type { PreparedReceipt } from "./open-segment.ts";
import { prepareReceipt } from "./prepare-receipt.ts";
import type { ReceiptLedger } from "./receipt-ledger.ts";
import { receiptOf } from "./receipt-of.ts";
import type { ReceiptSettings } from "./settings.ts";

export interface RecorderDeps {
  readonly ledger: ReceiptLedger;
  readonly metrics: ReceiptMetrics;
  readonly log: Logger;
  /** Unix milliseconds; by default the clock of the machine. */
  readonly now?: () => number;
}

/** Encoded and hashed in one turn of the event loop: about a millisecond. */
const SLICE = 64;
/** Written with one flush of the disk. */
const BATCH = 1_024;

/** Takes receipts at the end of requests and writes them beside, many at a time. */
export class ReceiptRecorder {
  readonly #settings: Pick<ReceiptSettings, "flushMs" | "checkpointMs" | "maxPending">;
  readonly #deps: RecorderDeps;
  readonly #now: () => number;
  #pending: Receipt[] = [];
  /** Taken out of `#pending` and not yet written: a failed write is tried again. */
  #writing: Receipt[] = [];
  #lost: { readonly fromMs: number; count: number } | null = null;
  #signedAtMs = 0;

  constructor(
    settings: Pick<ReceiptSettings, "flushMs" | "checkpointMs" | "maxPending">,
    deps: RecorderDeps,
  ) {
    this.#settings = settings;
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  /** Whether a receipt waits to be written that may be this request's. */
  isPending(requestId: string): boolean {
    const isOf = (receipt: Receipt) =>
      receipt.kind === "request" && receipt.request_id === requestId;
    return this.#pending.some(isOf) || this.#writing.some(isOf);
  }

  /** Takes the receipt of a request that is over; never waits, and loses it when too many wait. */
  record(served: Served): void {
    const nowMs = this.#now();
    const receipt = receiptOf(served, nowMs);
    if (receipt === null) return;
    if (this.#pending.length + this.#writing.length >= this.#settings.maxPending) {
      this.#lost ??= { fromMs: Math.round(nowMs), count: 0 };
      this.#lost.count += 1;
      this.#deps.metrics.lost.inc();
      return;
    }
    this.#pending.push(receipt);
  }

  /** Writes until the signal fires; then all that is there, with a last head. */
  async run(signal: AbortSignal): Promise<void> {
    const { flushMs, checkpointMs } = this.#settings;
    while (!signal.aborted) {
      await sleep(flushMs, undefined, { signal }).catch((error: unknown) => {
        if (!isAbort(error)) throw error;
      });
      await this.#attempt(this.#now() - this.#signedAtMs >= checkpointMs);
    }
    await this.#attempt(true);
  }

  /** A disk that is full now may have room later; what the operator must mend is thrown. */
  async #attempt(sign: boolean): Promise<void> {
    try {
      await this.#write(sign);
    } catch (error) {
      if (isCoded(error)) throw error;
      this.#deps.log.error({ err: error }, "receipts cannot be written; trying again");
    }
  }

  async #write(sign: boolean): Promise<void> {
    const { ledger, metrics } = this.#deps;
    // Whatever ended by now is in what is written next: so says the head that is signed over it.
    const asOfMs = this.#now();
    this.#take(asOfMs);
    metrics.pending.set(this.#writing.length);
    while (this.#writing.length > 0) {
      const batch = this.#writing.slice(0, BATCH);
      await ledger.append(await prepared(batch), asOfMs);
      this.#writing.splice(0, batch.length);
      metrics.written.inc(batch.length);
    }
    if (!sign) return;
    this.#signedAtMs = asOfMs;
    await ledger.checkpoint(asOfMs);
    metrics.signedAt.set((ledger.latest?.time_ms ?? 0) / 1_000);
  }

  #take(nowMs: number): void {
    this.#writing = this.#writing.concat(this.#pending);
    this.#pending = [];
    if (this.#lost === null) return;
    const { fromMs, count } = this.#lost;
    this.#lost = null;
    const toMs = Math.max(fromMs, Math.round(nowMs));
    this.#writing.push({ from_ms: fromMs, kind: "gap", lost: count, to_ms: toMs, v: 1 });
  }
}

async function prepared(batch: readonly Receipt[]): Promise<PreparedReceipt[]> {
  const all: PreparedReceipt[] = [];
  for (let from = 0; from < batch.length; from += SLICE) {
    if (from > 0) await turn();
    for (const receipt of batch.slice(from, from + SLICE)) all.push(prepareReceipt(receipt));
  }
  return all;
}
