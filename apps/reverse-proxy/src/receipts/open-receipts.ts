import type { Signer } from "@neurond/ledger";
import type { Logger } from "@neurond/runtime";
import type { Served } from "../served.ts";
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
  { signer, ...deps }: ReceiptsDeps,
): Promise<Receipts> {
  const ledger = await openReceiptLedger(settings, { signer });
  const recorder = new ReceiptRecorder(settings, { ledger, ...deps });
  return {
    record: (served) => recorder.record(served),
    run: (signal) => recorder.run(signal),
    handlers: receiptHandlers(ledger, (id) => recorder.isPending(id)),
    async [Symbol.asyncDispose]() {
      await using _ = ledger;
      await recorder.run(AbortSignal.abort());
    },
  };
}
