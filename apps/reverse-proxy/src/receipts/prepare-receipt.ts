import type { PreparedReceipt } from "./open-segment.ts";
import { encodeReceipt, type Receipt } from "./receipt.ts";
import { receiptLeaf } from "./tree.ts";

/** A receipt with its text, its leaf and what it is found by. */
export function prepareReceipt(receipt: Receipt, text = encodeReceipt(receipt)): PreparedReceipt {
  const isRequest = receipt.kind === "request";
  return {
    text,
    leaf: receiptLeaf(text),
    requestId: isRequest ? receipt.request_id : "",
    timeMs: isRequest ? receipt.ended_ms : receipt.to_ms,
  };
}
