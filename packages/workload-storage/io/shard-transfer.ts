import { CodedError, canonicalJson, fromHex, toHex } from "@neurond/primitives";
import {
  type Receipt,
  ReceiptRecord,
  receiptOf,
  recordReceipt,
  type StorageCode,
} from "@neurond/workload-storage";
import { z } from "zod";

/**
 * Query parameter of an upload: the receipt that the validator signed and the miner is to sign. In
 * the target, so that the request's signature covers it.
 */
export const RECEIPT_PARAMETER = "receipt";

const signature = z.string().regex(/^0x[0-9a-f]{128}$/);
const Offer = z.strictObject({ receipt: ReceiptRecord, validator_signature: signature });

/** What a miner answers when the shard is safely on its disk. */
export const Countersignature = z.strictObject({ miner_signature: signature });

/** A receipt that only its validator has signed yet. */
export interface OfferedReceipt {
  readonly receipt: Receipt;
  readonly validatorSignature: Uint8Array;
}

/** The text of the parameter. */
export function encodeOffer({ receipt, validatorSignature }: OfferedReceipt): string {
  const offer = {
    receipt: recordReceipt(receipt),
    validator_signature: toHex(validatorSignature),
  };
  return Buffer.from(canonicalJson(offer)).toString("base64url");
}

/**
 * Reads the parameter; whether its signature holds is for the reader to check.
 * @throws CodedError RECEIPT_INVALID
 */
export function decodeOffer(text: string): OfferedReceipt {
  const parsed = Offer.safeParse(parseJson(Buffer.from(text, "base64url").toString("utf8")));
  if (!parsed.success) {
    throw new CodedError<StorageCode>(
      "RECEIPT_INVALID",
      `the parameter ${RECEIPT_PARAMETER} holds no receipt of this version`,
    );
  }
  const { receipt, validator_signature } = parsed.data;
  return {
    receipt: receiptOf(receipt),
    validatorSignature: fromHex(validator_signature as `0x${string}`),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
