import type { Signer } from "@neurond/ledger";
import type { CheckedFetch } from "@neurond/registry/io";
import type { Logger, Registry } from "@neurond/runtime";
import type { Config } from "../config/config.ts";
import { createReceiptMetrics } from "./metrics.ts";
import { openReceipts, type Receipts } from "./open-receipts.ts";

export interface KeepReceiptsOptions {
  /** Null keeps them unsigned. */
  readonly signer: Signer | null;
  readonly registry: Registry;
  readonly log: Logger;
  readonly send: CheckedFetch;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** The receipts of a configuration; null where none are to be kept. @throws CodedError RECEIPTS_DAMAGED */
export async function keepReceipts(
  { directory, sign, ...rest }: Config["receipts"],
  { registry, log, now, send, ...options }: KeepReceiptsOptions,
): Promise<Receipts | null> {
  if (directory === undefined) return null;
  const signer = sign ? options.signer : null;
  if (signer === null) log.warn({}, "receipts are kept unsigned");
  const metrics = createReceiptMetrics(registry);
  return openReceipts({ directory, ...rest }, { signer, metrics, log, now, send });
}
