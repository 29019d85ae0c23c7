import type { Verify } from "@neurond/crypto";
import type { Parties } from "./parties.ts";
import { isReceiptSigned } from "./receipt.ts";
import { parseSignedReceipt, type SignedReceiptRecord } from "./receipt-record.ts";

/** RECEIPT_MISSING unless a recorded receipt is between these parties and both signed it. */
export function faultOfReceipt(
  { netuid, validator, miner }: Parties,
  recorded: SignedReceiptRecord,
  verify: Verify,
): "RECEIPT_MISSING" | null {
  const signed = parseSignedReceipt(recorded);
  const { receipt } = signed;
  const between =
    receipt.netuid === netuid && receipt.validator === validator && receipt.miner === miner;
  return between && isReceiptSigned(signed, verify) ? null : "RECEIPT_MISSING";
}
