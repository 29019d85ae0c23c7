import { isCoded } from "@neurond/primitives";
import { decodeReceipt, type ProvenReceipt } from "@neurond/receipts";
import { RECEIPT_DENIAL_STATUS, type ReceiptDenial } from "./denials.ts";
import { exportReceipts } from "./export-receipts.ts";
import type { ReceiptLedger } from "./receipt-ledger.ts";

/** An answer about receipts: one document, or lines for whoever reads as they come. */
export type ReceiptAnswer =
  | { readonly status: number; readonly body: object }
  | {
      readonly status: 200;
      readonly headers: Readonly<Record<string, string>>;
      readonly lines: AsyncGenerator<string>;
    };

export interface ReceiptHandlers {
  /** `GET /receipts`: how long the ledger is, and its newest signed head. */
  head(): ReceiptAnswer;
  /** `GET /receipts/{request_id}`: for the caller itself, or for anybody where `asker` is the operator. */
  byId(requestId: string, asker: string): Promise<ReceiptAnswer>;
  /** `GET /receipts/export?from=&to=`, Unix milliseconds, ISO 8601 or nothing: NDJSON that verifies offline. */
  exported(range: { readonly from: string; readonly to: string }): Promise<ReceiptAnswer>;
}

/** Whoever holds the admin token. */
export const OPERATOR = "operator";

/** Answers about a ledger, for whatever listens; who asks has been proven before. */
export function receiptHandlers(
  ledger: ReceiptLedger,
  isPending: (requestId: string) => boolean,
): ReceiptHandlers {
  return {
    head: () => ({
      status: 200,
      body: { size: ledger.size, first_kept: ledger.firstKept, checkpoint: ledger.latest },
    }),
    byId: (requestId, asker) => prove(ledger, isPending, requestId, asker),
    exported: async ({ from, to }) => {
      const [fromMs, toMs] = [readTime(from, 0), readTime(to, MAX_MS)];
      if (fromMs === null || toMs === null || fromMs > toMs)
        return refused("RANGE_INVALID", "give from and to as Unix milliseconds or ISO 8601");
      const lines = await exportReceipts(ledger, { fromMs, toMs });
      if (lines === null) return refused("RECEIPTS_EMPTY", "no head is signed yet");
      return { status: 200, headers: { "Content-Type": "application/x-ndjson" }, lines };
    },
  };
}

async function prove(
  ledger: ReceiptLedger,
  isPending: (requestId: string) => boolean,
  requestId: string,
  asker: string,
): Promise<ReceiptAnswer> {
  const unknown = refused("RECEIPT_UNKNOWN", "no receipt of yours has this request id");
  const found = await ledger.find(requestId);
  const receipt = found && decodeReceipt(found.text);
  if (found === undefined || receipt?.kind !== "request")
    return isPending(requestId) ? later() : unknown;
  if (asker !== OPERATOR && receipt.caller?.hotkey !== asker) return unknown;
  const checkpoint = ledger.latest;
  if (checkpoint === null || checkpoint.size <= found.index) return later();
  try {
    const proof = [...(await ledger.prove(found.index, checkpoint))];
    const body: ProvenReceipt = { receipt: found.text, index: found.index, checkpoint, proof };
    return { status: 200, body };
  } catch (error) {
    if (isCoded(error, "RECEIPTS_GONE")) return unknown;
    throw error;
  }
}

function later(): ReceiptAnswer {
  return refused("RECEIPT_PENDING", "the receipt is not under a signed head yet; ask again");
}

function refused(code: ReceiptDenial, detail: string): ReceiptAnswer {
  return { status: RECEIPT_DENIAL_STATUS[code], body: { detail, code } };
}

const MAX_MS = 8_640_000_000_000_000;

function readTime(text: string, missing: number): number | null {
  if (text === "") return missing;
  const ms = /^\d{1,16}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isSafeInteger(ms) && ms >= 0 ? ms : null;
}
