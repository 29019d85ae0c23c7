import type { Signer } from "@neurond/ledger";
import type { CheckedFetch } from "@neurond/registry/io";
import type { Logger } from "@neurond/runtime";
import type { Served } from "../served.ts";
import { followHandIn } from "./hand-in.ts";
import { type ReceiptHandlers, receiptHandlers } from "./handlers.ts";
import type { ReceiptMetrics } from "./metrics.ts";
import { openReceiptLedger } from "./receipt-ledger.ts";
import { ReceiptRecorder } from "./receipt-recorder.ts";
import type { ReceiptSettings } from "./settings.ts";

export interface ReceiptsDeps {
  /** Signs heads of the ledger; null keeps it unsigned. */
  readonly signer: Signer | null;
  readonly metrics: ReceiptMetrics;
  readonly log: Logger;
  /** Reaches validators that receipts are handed to. */
  readonly send: CheckedFetch;
  /** Unix milliseconds. */
  readonly now?: () => number;
}

/** Receipts of a proxy. Disposing writes and signs what is left. */
export interface Receipts extends AsyncDisposable {
  /** Takes a request that is over; costs microseconds and never waits. */
  record(served: Served): void;
  /** Writes and signs until the signal fires; what comes later is written by disposing. */
  run(signal: AbortSignal): Promise<void>;
  readonly handlers: ReceiptHandlers;
}

/** Opens the receipts of a directory. @throws CodedError RECEIPTS_DAMAGED */
export async function openReceipts(
  settings: ReceiptSettings,
  { signer, send, ...deps }: ReceiptsDeps,
): Promise<Receipts> {
  const ledger = await openReceiptLedger(settings, { signer });
  const recorder = new ReceiptRecorder(settings, { ledger, ...deps });
  return {
    record: (served) => recorder.record(served),
    async run(signal) {
      const { metrics, log, now = Date.now } = deps;
      const handing =
        signer && followHandIn({ ledger, signer, send, metrics, log, now }, settings, signal);
      await Promise.all([recorder.run(signal), handing]);
    },
    handlers: receiptHandlers(ledger, (id) => recorder.isPending(id)),
    async [Symbol.asyncDispose]() {
      await using _ = ledger;
      await recorder.run(AbortSignal.abort());
    },
  };
}
