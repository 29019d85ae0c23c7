import { encodeReceipt, type FoundReceipt, type Receipt } from "@neurond/receipts";
import type { PreparedReceipt } from "./open-segment.ts";
import { receiptLeaf } from "./tree.ts";

/** A receipt with its text, its leaf and what it is found by. */
export function prepareReceipt(receipt: Receipt): PreparedReceipt {
  return preparedAs(encodeReceipt(receipt), receipt);
}

/** The same of a text that is there already. */
export function preparedAs(text: string, found: FoundReceipt): PreparedReceipt {
  const leaf = receiptLeaf(text);
  return found.kind === "request"
    ? { text, leaf, requestId: found.request_id, timeMs: found.ended_ms }
    : { text, leaf, requestId: "", timeMs: found.to_ms };
}
