import type { ReceiptHandlers } from "../receipts/handlers.ts";
import type { Endpoint } from "./endpoint.ts";

const PREFIX = "/receipts/";

/** `GET /receipts/{request_id}`: a caller's own receipt, with the proof that we signed for it. */
export function readReceipt(receipts: ReceiptHandlers): Endpoint {
  return async ({ path, principal }) => {
    const id = path.slice(PREFIX.length);
    const answer = await receipts.byId(id, principal?.hotkey ?? "");
    return { status: answer.status, body: "body" in answer ? answer.body : {} };
  };
}
